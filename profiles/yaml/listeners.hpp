#pragma once

#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// What a configuration without `listeners:` listens on: 127.0.0.1:3128, named "default".
Listener default_listener();

/// The list `listeners:`.
std::vector<Listener> read_listeners(const YamlField& field);

/// What is wrong between listeners and the profiles that they name. `profile_names`: all of them,
/// those with problems too.
void check_fixed_listeners(
    const YamlField& field, const std::vector<Listener>& listeners,
    const std::vector<Profile>& profiles, const std::vector<std::string>& profile_names
);

}  // namespace countersign::profiles
