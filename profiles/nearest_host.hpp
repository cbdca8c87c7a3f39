#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {

/// A host of the configuration that a request may have meant.
struct NearHost {
    std::int32_t profile = -1;
    std::string pattern;  ///< "api.partner.example", "*.partner.example"
    /// The pattern stands for names below the request's host, and not for that itself.
    bool is_below = false;
};

/// The host that is nearest to one that no profile has: at most two typing slips away, among the
/// profiles that are for this client and listener. Looks at every profile: for refusals only.
std::optional<NearHost> nearest_host(const ProfileSet& set, const Request& request);

}  // namespace countersign::profiles
