#include "proxy/routing/peer.hpp"

#include <functional>

#include "profiles/authority.hpp"

namespace countersign::proxy::routing {

std::string Peer::to_text() const {
    if (is_unix) return "unix";
    return profiles::authority_text(address.to_text(), port).text();
}

std::string Peer::who() const { return is_unix ? "uid:" + std::to_string(uid) : address.to_text(); }

std::uint64_t share_of(const Peer& peer, std::string_view client) {
    const std::hash<std::string_view> hash;
    if (!client.empty()) return hash(client);
    if (peer.is_unix) return hash(peer.who());
    const profiles::IpAddress& address = peer.address;
    return hash(
        (address.is_v4() ? address : profiles::Network::around(address, 64).base()).to_text()
    );
}

}  // namespace countersign::proxy::routing
