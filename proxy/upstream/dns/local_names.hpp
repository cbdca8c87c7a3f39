#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"

namespace countersign::proxy::upstream::dns {

/// The addresses of a name that no server is asked about, never an empty list: what the hosts file
/// gives, else the loopback addresses of localhost and all that ends with it (RFC 6761 6.3).
/// Nullopt: only DNS may know it. `host` in lower case.
std::optional<std::vector<profiles::IpAddress>> local_addresses(
    const std::string& host, const HostsTable& hosts
);

}  // namespace countersign::proxy::upstream::dns
