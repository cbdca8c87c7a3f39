#include "proxy/routing/peer.hpp"

#include <functional>

#include "profiles/authority.hpp"

namespace countersign::proxy::routing {

std::string Peer::to_text() const {
    if (is_unix) return "unix";
    return profiles::authority_text(address.to_text(), port).text();
}

std::string Peer::who() const { return is_unix ? "uid:" + std::to_string(uid) : address.to_text(); }

PeerKey PeerKey::of(const Peer& peer) {
    if (peer.is_unix) return {Kind::uid, peer.uid};
    // Who has an IPv6 address has a network of them, and may take another one each time.
    const std::size_t size = peer.address.is_v4() ? 4 : 8;
    PeerKey key{peer.address.is_v4() ? Kind::v4 : Kind::v6, 0};
    for (std::size_t i = 0; i < size; ++i) key.value = key.value << 8U | peer.address.bytes()[i];
    return key;
}

std::uint64_t PeerKey::mixed() const {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    const std::uint64_t all = (value + static_cast<std::uint64_t>(kind)) * kOdd;
    return all ^ all >> 32U;
}

std::uint64_t share_of(const Peer& peer, std::string_view client) {
    return client.empty() ? PeerKey::of(peer).mixed() : std::hash<std::string_view>{}(client);
}

}  // namespace countersign::proxy::routing
