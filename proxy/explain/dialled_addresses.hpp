#pragma once

#include <optional>
#include <string>

#include "profiles/configuration.hpp"
#include "proxy/failure.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"

namespace countersign::proxy::explain {

/// Where a connection would lead, as far as no server has to be asked for it.
struct DialledAddresses {
    /// In the order in which they are tried: "::1, 127.0.0.1", and why others are not; "not looked
    /// up …". Empty where an address itself is dialled.
    std::string text;
    std::optional<Failure> prohibited;  ///< none of them may be dialled
};

/// Judged as `run` would do it, which listens as `configuration` says: by the goal's rules, the
/// hosts file and this machine's own addresses.
DialledAddresses dialled_addresses(
    const profiles::Configuration& configuration, const upstream::addresses::Goal& goal,
    const upstream::dns::HostsTable& hosts
);

}  // namespace countersign::proxy::explain
