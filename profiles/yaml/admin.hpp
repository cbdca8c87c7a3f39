#pragma once

#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// `admin:`, a map or the word off. `listeners`: where clients connect.
AdminRules read_admin_rules(const YamlField& field, const std::vector<Listener>& listeners);

}  // namespace countersign::profiles
