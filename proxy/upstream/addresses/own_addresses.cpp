#include "proxy/upstream/addresses/own_addresses.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace countersign::proxy {

std::vector<profiles::IpAddress> addresses_of_this_machine() {
    std::vector<profiles::IpAddress> addresses;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return addresses;
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr) continue;
        if (one->ifa_addr->sa_family == AF_INET) {
            std::array<std::uint8_t, 4> bytes;
            std::memcpy(
                bytes.data(), &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, 4
            );
            addresses.push_back(profiles::IpAddress::v4(bytes));
        } else if (one->ifa_addr->sa_family == AF_INET6) {
            std::array<std::uint8_t, 16> bytes;
            std::memcpy(
                bytes.data(), &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr, 16
            );
            addresses.push_back(profiles::IpAddress::v6(bytes));
        }
    }
    ::freeifaddrs(list);
    return addresses;
}

}  // namespace countersign::proxy
