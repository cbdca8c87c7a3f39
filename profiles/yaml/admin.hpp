#pragma once

#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"
#include "profiles/yaml/record_names.hpp"

namespace countersign::profiles {

/// `admin:`, a map or the word off. `listeners`: where clients connect; `records`: what its TLS may
/// name.
AdminRules read_admin_rules(
    const YamlField& field, const std::vector<Listener>& listeners, const RecordNames& records
);

/// `console:`, which is served at the address of `admin`.
ConsoleRules read_console_rules(const YamlField& field, const AdminRules& admin);

}  // namespace countersign::profiles
