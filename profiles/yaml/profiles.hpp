#pragma once

#include <vector>

#include "profiles/profile.hpp"
#include "profiles/yaml/clients.hpp"
#include "profiles/yaml/field.hpp"
#include "profiles/yaml/record_names.hpp"

namespace countersign::profiles {

/// The list `profiles:`, names unique, no two tied.
std::vector<Profile> read_profiles(
    const YamlField& field, const RecordNames& records, const KnownNames& known,
    const std::vector<ListenerKind>& listeners
);

}  // namespace countersign::profiles
