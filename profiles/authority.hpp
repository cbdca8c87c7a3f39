#pragma once

#include <cstdint>
#include <string_view>

#include "profiles/host_pattern.hpp"
#include "profiles/short_text.hpp"

namespace countersign::profiles {

/// A host as `normalise_host` gives it.
using HostText = ShortText<kLongestHost>;
/// "host:port", "[::1]:8443".
using AuthorityText = ShortText<kLongestHost + 8>;

/// A host with its port, for Host and for messages: brackets for IPv6, the port only where it is
/// neither 0 nor `default_port`. `host` is at most kLongestHost long.
AuthorityText authority_text(
    std::string_view host, std::uint16_t port, std::uint16_t default_port = 0
);

}  // namespace countersign::profiles
