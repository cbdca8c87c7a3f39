#pragma once

#include <vector>

#include "profiles/network.hpp"
#include "proxy/upstream/addresses/address_guard.hpp"
#include "proxy/upstream/addresses/goal.hpp"

namespace countersign::proxy::upstream::addresses {

/// What the guard (by the goal's own rules) leaves of a name's addresses: those that may be
/// dialled, and why the others may not, each in the order in which they were given. Only where none
/// is left is the destination forbidden.
struct PermittedAddresses {
    std::vector<profiles::IpAddress> addresses;
    std::vector<AddressObjection> objections;
};

PermittedAddresses permitted(
    const OwnEndpoints& own_endpoints, const Goal& goal,
    const std::vector<profiles::IpAddress>& resolved
);

}  // namespace countersign::proxy::upstream::addresses
