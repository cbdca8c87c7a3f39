#pragma once

#include "profiles/profile.hpp"
#include "profiles/yaml/clients.hpp"
#include "profiles/yaml/field.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/record_names.hpp"

namespace countersign::profiles {

/// One entry of `profiles:`; its problems are reported, and leave defaults in their place.
Profile read_profile(
    const YamlField& field, UniqueNames& unique, const RecordNames& records, const KnownNames& known
);

}  // namespace countersign::profiles
