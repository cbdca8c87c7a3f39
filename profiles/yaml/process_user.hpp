#pragma once

#include <optional>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// `user:`, a name that this machine knows, or a number; null for none.
std::optional<ProcessUser> as_process_user(const YamlField& field);

}  // namespace countersign::profiles
