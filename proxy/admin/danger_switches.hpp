#pragma once

#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"

namespace countersign::proxy::admin {

/// A `danger_` switch that a profile has on.
struct SwitchOn {
    std::string_view key;
    const profiles::Profile* profile;
};

/// All of them, in the order of the profiles.
std::vector<SwitchOn> switches_on(const profiles::Configuration& configuration);

}  // namespace countersign::proxy::admin
