#pragma once

#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// What a configuration without `listeners:` listens on: 127.0.0.1:3128, named "default".
Listener default_listener();

/// The list `listeners:`.
std::vector<Listener> read_listeners(const YamlField& field);

}  // namespace countersign::profiles
