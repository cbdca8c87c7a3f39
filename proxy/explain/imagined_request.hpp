#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace countersign::proxy::explain {

/// A request that no client sends: what `explain` and `probe` are asked about.
struct ImaginedRequest {
    std::string url;
    std::string method = "GET";
    std::vector<std::string> headers;  ///< "Name: value"
    std::vector<std::string> clients;  ///< an address, uid:N, gid:N, a named client
    std::string listener;              ///< empty: the first that such a client can come to
    /// In front of "client" and "listener" in messages: an option's, or empty for a form's fields.
    std::string_view mark = "--";
};

/// Its head as a client of the proxy would send it.
std::string head_text(const ImaginedRequest& asked);

}  // namespace countersign::proxy::explain
