#pragma once

#include "profiles/profile.hpp"
#include "profiles/yaml_field.hpp"
#include "profiles/yaml_names.hpp"
#include "profiles/yaml_record_names.hpp"

namespace countersign::profiles {

/// One entry of `profiles:`; its problems are reported, and leave defaults in their place.
Profile read_profile(const YamlField& field, UniqueNames& unique, const RecordNames& records);

}  // namespace countersign::profiles
