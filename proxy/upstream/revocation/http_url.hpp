#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::proxy::upstream::revocation {

/// "http://host:port/path?query", taken apart.
struct HttpUrl {
    std::string host;  ///< as `normalise_host` gives it
    std::uint16_t port = 80;
    std::string target = "/";  ///< with its "/", and its query

    /// nullopt: another scheme, a user name, no usable host or port, or what no request line takes.
    static std::optional<HttpUrl> parse(std::string_view text);
};

}  // namespace countersign::proxy::upstream::revocation
