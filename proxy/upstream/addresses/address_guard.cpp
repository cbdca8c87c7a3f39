#include "proxy/upstream/addresses/address_guard.hpp"

#include "proxy/upstream/addresses/special_addresses.hpp"

namespace countersign::proxy::upstream::addresses {

using Rule = AddressObjection::Rule;

std::optional<AddressObjection> AddressGuard::objection(
    const profiles::IpAddress& address, std::uint16_t port
) const {
    for (const profiles::Network& network : rules_.deny) {
        if (network.contains(address)) {
            return AddressObjection{
                Rule::deny, address,
                "address " + address.to_text() + " lies in " + network.to_text() +
                    ", which addresses.deny forbids",
                rules_.deny == profiles::default_denied_networks()};
        }
    }
    if (const auto inner = embedded_v4(address)) {
        if (std::optional<AddressObjection> found = objection(*inner, port)) {
            found->address = address;
            found->text = address.to_text() + " stands for another address: " + found->text;
            return found;
        }
    }
    const OwnEndpoints::Kind own = own_endpoints_.at(address, port);
    if (own == OwnEndpoints::Kind::none) return std::nullopt;
    AddressObjection found{
        Rule::own_listener, address,
        "address " + address.to_text() + " with port " + std::to_string(port)};
    found.is_admin = own == OwnEndpoints::Kind::admin;
    found.text +=
        found.is_admin ? " is the proxy's admin address" : " is one of the proxy's own listeners";
    return found;
}

std::optional<AddressObjection> AddressGuard::objection_to_tunnel(const profiles::IpAddress& address
) const {
    if (rules_.tunnel_private) return std::nullopt;
    const std::string_view kind = special_kind(address);
    if (kind.empty()) return std::nullopt;
    return AddressObjection{
        Rule::tunnel_private, address,
        "address " + address.to_text() + " is " + std::string{kind} +
            ", and tunnels, which nothing verifies, reach public addresses only"};
}

}  // namespace countersign::proxy::upstream::addresses
