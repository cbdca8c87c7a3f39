#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "profiles/configuration.hpp"
#include "profiles/network.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"

namespace countersign::proxy::upstream::addresses {

/// Why an address may not be dialled.
struct AddressObjection {
    enum class Rule : std::uint8_t { deny, own_listener, tunnel_private };
    Rule rule;
    profiles::IpAddress address;
    std::string text;         ///< a sentence without its full stop
    bool by_default = false;  ///< `deny`, and the configuration has no list of its own
    bool is_admin = false;    ///< `own_listener`, and operators are answered there
};

/// Where upstream connections may not go: the networks of `addresses.deny`, and the proxy's own
/// listeners (a request that comes back to the proxy would circle until something breaks). Asked
/// for every resolved address before it is dialled. No I/O. A view of what outlives it: the rules,
/// which are the generation's, and the endpoints, which are the process's.
class AddressGuard {
public:
    AddressGuard(const profiles::AddressRules& rules, const OwnEndpoints& own_endpoints)
        : rules_{rules}, own_endpoints_{own_endpoints} {}
    AddressGuard(profiles::AddressRules&& rules, const OwnEndpoints& own_endpoints) = delete;
    AddressGuard(const profiles::AddressRules& rules, OwnEndpoints&& own_endpoints) = delete;

    /// Nothing where the address may be dialled.
    std::optional<AddressObjection> objection(
        const profiles::IpAddress& address, std::uint16_t port
    ) const;

    /// The same for a tunnel, whose other end nothing verifies, beyond what is said above: an
    /// address that is not public, unless `addresses.tunnel_private`.
    std::optional<AddressObjection> objection_to_tunnel(const profiles::IpAddress& address) const;

private:
    const profiles::AddressRules& rules_;
    const OwnEndpoints& own_endpoints_;
};

}  // namespace countersign::proxy::upstream::addresses
