#include "proxy/upstream/addresses/own_endpoints.hpp"

#include <ifaddrs.h>

#include <algorithm>
#include <utility>

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

bool OwnEndpoints::has(const profiles::IpAddress& address, std::uint16_t port) const {
    return std::any_of(listening_.begin(), listening_.end(), [&](const auto& own) {
        if (own.port != port) return false;
        if (own.address == address || address.is_unspecified()) return true;
        if (!own.address.is_unspecified()) return false;
        return address.is_loopback() ||
               std::find(local_.begin(), local_.end(), address) != local_.end();
    });
}

}  // namespace countersign::proxy::upstream::addresses
