#include "proxy/routing/peer.hpp"

#include "profiles/authority.hpp"

namespace countersign::proxy::routing {

std::string Peer::to_text() const {
    if (is_unix) return "unix";
    return profiles::authority_text(address.to_text(), port).text();
}

std::string Peer::who() const { return is_unix ? "uid:" + std::to_string(uid) : address.to_text(); }

}  // namespace countersign::proxy::routing
