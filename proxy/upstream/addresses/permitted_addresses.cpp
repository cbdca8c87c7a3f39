#include "proxy/upstream/addresses/permitted_addresses.hpp"

#include <optional>
#include <utility>

namespace countersign::proxy::upstream::addresses {

PermittedAddresses permitted(
    const OwnEndpoints& own_endpoints, const Goal& goal,
    const std::vector<profiles::IpAddress>& resolved
) {
    const AddressGuard guard{goal.rules.addresses, own_endpoints};
    PermittedAddresses found;
    for (const profiles::IpAddress& address : resolved) {
        std::optional<AddressObjection> objection = guard.objection(address, goal.dial_port());
        if (!objection && goal.tunnel) objection = guard.objection_to_tunnel(address);
        if (objection) {
            found.objections.push_back(std::move(*objection));
        } else {
            found.addresses.push_back(address);
        }
    }
    return found;
}

}  // namespace countersign::proxy::upstream::addresses
