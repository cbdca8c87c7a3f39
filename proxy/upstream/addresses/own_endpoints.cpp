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
    std::vector<profiles::TcpAddress> listening, std::vector<profiles::IpAddress> local
)
    : listening_{std::move(listening)}, local_{std::move(local)} {}

OwnEndpoints OwnEndpoints::of_this_machine(std::vector<profiles::TcpAddress> listening) {
    return {std::move(listening), addresses_of_interfaces()};
}

OwnEndpoints OwnEndpoints::of(const profiles::Configuration& configuration) {
    std::vector<profiles::TcpAddress> listening;
    const auto add = [&listening](const profiles::Listener& listener) {
        const auto* tcp = std::get_if<profiles::TcpAddress>(&listener.address);
        if (tcp != nullptr && tcp->port != 0) listening.push_back(*tcp);
    };
    for (const profiles::Listener& listener : configuration.listeners) add(listener);
    if (configuration.admin.listener) add(*configuration.admin.listener);
    return of_this_machine(std::move(listening));
}

bool OwnEndpoints::has(const profiles::IpAddress& address, std::uint16_t port) const {
    return std::any_of(listening_.begin(), listening_.end(), [&](const auto& own) {
        if (own.port != port) return false;
        if (own.address == address || address.is_unspecified()) return true;
        if (!own.address.is_unspecified()) return false;
        return address.is_loopback() ||
               std::find(local_.begin(), local_.end(), address) != local_.end();
    });
}

bool OwnEndpoints::has(std::string_view host, std::uint16_t port) const {
    if (host == "localhost") {
        std::array<std::uint8_t, 16> six{};
        six.back() = 1;
        return has(profiles::IpAddress::v4({127, 0, 0, 1}), port) ||
               has(profiles::IpAddress::v6(six), port);
    }
    const auto address = profiles::IpAddress::parse(host);
    return address && has(*address, port);
}

bool OwnEndpoints::has_port(std::uint16_t port) const {
    return std::ranges::find(listening_, port, &profiles::TcpAddress::port) != listening_.end();
}

}  // namespace countersign::proxy::upstream::addresses
