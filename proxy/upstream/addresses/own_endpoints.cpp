#include "proxy/upstream/addresses/own_endpoints.hpp"

#include <ifaddrs.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "proxy/net/socket_address.hpp"

namespace countersign::proxy::upstream::addresses {

namespace {

std::vector<profiles::IpAddress> addresses_of_interfaces() {
    std::vector<profiles::IpAddress> addresses;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return addresses;
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        if (const auto address = net::ip_address_of(one->ifa_addr)) addresses.push_back(*address);
    }
    ::freeifaddrs(list);
    return addresses;
}

}  // namespace

OwnEndpoints::OwnEndpoints(
    std::vector<profiles::TcpAddress> listening, std::vector<profiles::IpAddress> local,
    std::optional<profiles::TcpAddress> admin
)
    : listening_{std::move(listening)}, local_{std::move(local)}, admin_{admin} {}

OwnEndpoints OwnEndpoints::of_this_machine(
    std::vector<profiles::TcpAddress> listening, std::optional<profiles::TcpAddress> admin
) {
    return {std::move(listening), addresses_of_interfaces(), admin};
}

OwnEndpoints OwnEndpoints::of(const profiles::Configuration& configuration) {
    const auto bound = [](const profiles::Listener& listener) {
        const auto* tcp = std::get_if<profiles::TcpAddress>(&listener.address);
        return tcp != nullptr && tcp->port != 0 ? std::optional{*tcp} : std::nullopt;
    };
    std::vector<profiles::TcpAddress> listening;
    for (const profiles::Listener& listener : configuration.listeners) {
        if (const auto tcp = bound(listener)) listening.push_back(*tcp);
    }
    const auto& admin = configuration.admin.listener;
    return of_this_machine(std::move(listening), admin ? bound(*admin) : std::nullopt);
}

bool OwnEndpoints::leads_to(
    const profiles::TcpAddress& own, const profiles::IpAddress& address, std::uint16_t port
) const {
    if (own.port != port) return false;
    if (own.address == address || address.is_unspecified()) return true;
    if (!own.address.is_unspecified()) return false;
    return address.is_loopback() || std::ranges::find(local_, address) != local_.end();
}

OwnEndpoints::Kind OwnEndpoints::at(const profiles::IpAddress& address, std::uint16_t port) const {
    if (admin_ && leads_to(*admin_, address, port)) return Kind::admin;
    const bool listens = std::ranges::any_of(listening_, [&](const profiles::TcpAddress& own) {
        return leads_to(own, address, port);
    });
    return listens ? Kind::listener : Kind::none;
}

OwnEndpoints::Kind OwnEndpoints::at(std::string_view host, std::uint16_t port) const {
    if (host == "localhost") {
        std::array<std::uint8_t, 16> six{};
        six.back() = 1;
        const Kind four = at(profiles::IpAddress::v4({127, 0, 0, 1}), port);
        return four != Kind::none ? four : at(profiles::IpAddress::v6(six), port);
    }
    const auto address = profiles::IpAddress::parse(host);
    return address ? at(*address, port) : Kind::none;
}

bool OwnEndpoints::listens_at(std::uint16_t port) const {
    return std::ranges::find(listening_, port, &profiles::TcpAddress::port) != listening_.end();
}

}  // namespace countersign::proxy::upstream::addresses
