#include "proxy/routing/peer.hpp"

#include "profiles/authority.hpp"

namespace countersign::proxy::routing {

std::string Peer::to_text() const {
    if (is_unix) return "unix";
    return profiles::authority_text(address.to_text(), port).text();
}

}  // namespace countersign::proxy::routing
