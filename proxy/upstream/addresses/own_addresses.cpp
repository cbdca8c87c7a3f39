#include "proxy/upstream/addresses/own_addresses.hpp"

#include <ifaddrs.h>

#include "proxy/net/socket_address.hpp"

namespace countersign::proxy {

std::vector<profiles::IpAddress> addresses_of_this_machine() {
    std::vector<profiles::IpAddress> addresses;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return addresses;
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        if (const auto address = ip_address_of(one->ifa_addr)) addresses.push_back(*address);
    }
    ::freeifaddrs(list);
    return addresses;
}

}  // namespace countersign::proxy
