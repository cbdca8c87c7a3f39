#pragma once

#include <optional>
#include <string_view>

#include "profiles/network.hpp"

namespace countersign::proxy::upstream::addresses {

/// The IPv4 address that an IPv6 address stands for: NAT64, 6to4, IPv4-compatible.
std::optional<profiles::IpAddress> embedded_v4(const profiles::IpAddress& address);

/// What kind of address it is, with its article: "a private address", "a loopback address"; empty
/// for a public one, which belongs to one place on the Internet. By IANA's registries of
/// special-purpose addresses (RFC 6890), and multicast. An IPv6 address that stands for an IPv4
/// address (NAT64, 6to4, IPv4-compatible) is what that one is. No I/O.
std::string_view special_kind(const profiles::IpAddress& address);

}  // namespace countersign::proxy::upstream::addresses
