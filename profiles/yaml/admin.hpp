#pragma once

#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// `admin:`, a map or the word off. `listeners`: where clients connect.
AdminRules read_admin_rules(const YamlField& field, const std::vector<Listener>& listeners);

/// `console:`, which is served at the address of `admin`.
ConsoleRules read_console_rules(const YamlField& field, const AdminRules& admin);

}  // namespace countersign::profiles
