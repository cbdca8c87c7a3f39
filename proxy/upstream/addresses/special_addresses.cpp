#include "proxy/upstream/addresses/special_addresses.hpp"

#include <array>
#include <vector>

namespace countersign::proxy::upstream::addresses {

namespace {

using profiles::IpAddress;
using profiles::Network;

struct Special {
    Network network;
    std::string_view kind;
};

Special special(std::string_view network, std::string_view kind) {
    return {Network::parse(network).value(), kind};
}

const std::vector<Special>& special_networks() {
    static const std::vector<Special> networks{
        special("127.0.0.0/8", "a loopback address"),
        special("::1", "a loopback address"),
        special("0.0.0.0/8", "an address of this host"),
        special("::", "an address of this host"),
        special("10.0.0.0/8", "a private address"),
        special("172.16.0.0/12", "a private address"),
        special("192.168.0.0/16", "a private address"),
        special("fc00::/7", "a private address"),
        special("fec0::/10", "a private address"),
        special("64:ff9b:1::/48", "a private address"),
        special("100.64.0.0/10", "an address inside a provider's network"),
        special("169.254.0.0/16", "a link-local address"),
        special("fe80::/10", "a link-local address"),
        special("224.0.0.0/4", "a multicast address"),
        special("ff00::/8", "a multicast address"),
        special("192.0.0.0/24", "a reserved address"),
        special("192.0.2.0/24", "a reserved address"),
        special("198.18.0.0/15", "a reserved address"),
        special("198.51.100.0/24", "a reserved address"),
        special("203.0.113.0/24", "a reserved address"),
        special("240.0.0.0/4", "a reserved address"),
        special("192.88.99.0/24", "a reserved address"),
        special("2001::/23", "a reserved address"),
        special("2001:db8::/32", "a reserved address"),
        special("3fff::/20", "a reserved address"),
    };
    return networks;
}

/// IPv6 networks whose addresses hold an IPv4 address, from that byte on.
struct Embedding {
    Network network;
    std::size_t first_byte;
};

}  // namespace

std::optional<IpAddress> embedded_v4(const IpAddress& address) {
    static const std::array<Embedding, 4> embeddings{{
        {Network::parse("64:ff9b::/96").value(), 12},     // NAT64, RFC 6052
        {Network::parse("2002::/16").value(), 2},         // 6to4, RFC 3056
        {Network::parse("::ffff:0:0:0/96").value(), 12},  // IPv4-translated, RFC 2765
        {Network::parse("::/96").value(), 12},            // IPv4-compatible, RFC 4291 2.5.5.1
    }};
    if (address.is_loopback() || address.is_unspecified()) return std::nullopt;
    const auto& bytes = address.bytes();
    for (const Embedding& one : embeddings) {
        if (!one.network.contains(address)) continue;
        const std::size_t at = one.first_byte;
        return IpAddress::v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    }
    return std::nullopt;
}

std::string_view special_kind(const IpAddress& address) {
    for (const Special& one : special_networks()) {
        if (one.network.contains(address)) return one.kind;
    }
    if (const auto inner = embedded_v4(address)) return special_kind(*inner);
    // All that is or will be public in IPv6 lies here (RFC 4291 2.4).
    static const Network global_unicast = Network::parse("2000::/3").value();
    return address.is_v4() || global_unicast.contains(address) ? "" : "a reserved address";
}

}  // namespace countersign::proxy::upstream::addresses
