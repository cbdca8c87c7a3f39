#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/network.hpp"

namespace countersign::proxy {

/// Why an address may not be dialled.
struct AddressObjection {
    enum class Rule : std::uint8_t { deny, own_listener, tunnel_private };
    Rule rule;
    profiles::IpAddress address;
    std::string text;  ///< a sentence without its full stop
};

/// Where upstream connections may not go: the networks of `addresses.deny`, and the proxy's own
/// listeners (a request that comes back to the proxy would circle until something breaks). Asked
/// for every resolved address before it is dialled. No I/O, immutable.
class AddressGuard {
public:
    /// `listening`: the proxy's own TCP endpoints, with their real ports; `local`: this machine's
    /// addresses, for the endpoints that are bound to all of them.
    AddressGuard(
        profiles::AddressRules rules, std::vector<profiles::TcpAddress> listening,
        std::vector<profiles::IpAddress> local
    );

    /// Nothing where the address may be dialled.
    std::optional<AddressObjection> objection(
        const profiles::IpAddress& address, std::uint16_t port
    ) const;

    /// The same for a tunnel, whose other end nothing verifies, beyond what is said above: an
    /// address that is not public, unless `addresses.tunnel_private`.
    std::optional<AddressObjection> objection_to_tunnel(const profiles::IpAddress& address) const;

private:
    bool is_own(const profiles::IpAddress& address, std::uint16_t port) const;

    profiles::AddressRules rules_;
    std::vector<profiles::TcpAddress> listening_;
    std::vector<profiles::IpAddress> local_;
};

}  // namespace countersign::proxy
