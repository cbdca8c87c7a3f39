#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/http/short_text.hpp"

namespace countersign::proxy {

/// As long as a DNS name can be (RFC 1035 2.3.4, without the last dot).
inline constexpr std::size_t kMostHost = 253;

/// A host as it was normalised: lower-case, no trailing dot, no brackets.
using HostText = ShortText<kMostHost>;
/// "host:port", "[::1]:8443".
using AuthorityText = ShortText<kMostHost + 8>;

/// "host:port" for Host and messages: brackets for IPv6, the port only where it is not
/// `default_port`. `host` is at most kMostHost long.
AuthorityText authority_text(std::string_view host, std::uint16_t port, std::uint16_t default_port);

/// The same, behind what stands there.
void append_authority(
    std::string& out, std::string_view host, std::uint16_t port, std::uint16_t default_port
);

}  // namespace countersign::proxy
