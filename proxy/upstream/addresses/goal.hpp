#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "profiles/configuration.hpp"
#include "profiles/profile.hpp"

namespace countersign::proxy::upstream::addresses {

/// What a load says about the connections of one profile's destinations.
struct OriginRules {
    std::string profile;  ///< empty: by `unmatched`
    profiles::Timeouts timeouts;
    profiles::PoolRules pool;
    std::optional<profiles::HostPort> connect_to;  ///< what is dialled instead
    profiles::AddressRules addresses;              ///< which addresses may be dialled
    friend bool operator==(const OriginRules&, const OriginRules&) = default;
};

/// What a new connection is to reach: a destination, by whose rules, and what for. Views of what
/// outlives the attempt.
struct Goal {
    std::string_view host;
    std::uint16_t port = 0;
    const OriginRules& rules;
    bool tunnel = false;  ///< nothing verifies who answers: fewer addresses are allowed

    std::string_view dial_host() const {
        return rules.connect_to ? std::string_view{rules.connect_to->host} : host;
    }
    std::uint16_t dial_port() const { return rules.connect_to ? rules.connect_to->port : port; }
};

}  // namespace countersign::proxy::upstream::addresses
