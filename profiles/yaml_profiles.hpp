#pragma once

#include <vector>

#include "profiles/profile.hpp"
#include "profiles/yaml_field.hpp"
#include "profiles/yaml_record_names.hpp"

namespace countersign::profiles {

/// The list `profiles:`, names unique, no two tied.
std::vector<Profile> read_profiles(const YamlField& field, const RecordNames& records);

}  // namespace countersign::profiles
