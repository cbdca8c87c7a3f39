#include "proxy/upstream/dns/local_names.hpp"

#include <array>
#include <cstdint>

namespace countersign::proxy::upstream::dns {

namespace {

bool is_localhost(const std::string& host) {
    return host == "localhost" || host.ends_with(".localhost");
}

std::vector<profiles::IpAddress> loopback_addresses() {
    std::array<std::uint8_t, 16> six{};
    six[15] = 1;
    return {profiles::IpAddress::v4({127, 0, 0, 1}), profiles::IpAddress::v6(six)};
}

}  // namespace

std::optional<std::vector<profiles::IpAddress>> local_addresses(
    const std::string& host, const HostsTable& hosts
) {
    if (const auto entry = hosts.find(host); entry != hosts.end()) return entry->second;
    if (is_localhost(host)) return loopback_addresses();
    return std::nullopt;
}

}  // namespace countersign::proxy::upstream::dns
