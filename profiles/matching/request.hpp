#pragma once

#include <cstdint>
#include <string_view>

#include "profiles/matching/client_pattern.hpp"

namespace countersign::profiles {

/// All that tells one request from another.
struct Request {
    std::string_view host;  ///< as `normalise_host` gives it
    std::uint16_t port =
        0;  ///< as the client named it; 0: each profile's own default_port is meant
    std::string_view path = "/";  ///< may end with a query
    std::string_view method = "GET";
    Caller caller;
};

/// What a profile may say of requests, in the order in which it decides between two that apply.
enum class Criterion : std::uint8_t { host, port, client, listener, path, method };

/// "host", "port", …
std::string_view to_text(Criterion criterion);

}  // namespace countersign::profiles
