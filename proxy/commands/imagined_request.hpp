#pragma once

#include <string>
#include <vector>

namespace countersign::proxy::commands {

/// A request that nobody sends: what `explain` is asked about.
struct ImaginedRequest {
    std::string url;
    std::string method = "GET";
    std::vector<std::string> headers;  ///< "Name: value"
    std::vector<std::string> clients;  ///< an address, uid:N, gid:N, a named client
    std::string listener;              ///< empty: the first that such a client can come to
};

}  // namespace countersign::proxy::commands
