#pragma once

#include "profiles/profile.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// A profile's `tls:`.
TlsRules read_tls_rules(const YamlField& field);
/// A profile's `timeouts:`.
Timeouts read_timeouts(const YamlField& field);
/// A profile's `pool:`.
PoolRules read_pool_rules(const YamlField& field);
/// A profile's `rotation:`.
RotationRules read_rotation_rules(const YamlField& field);

}  // namespace countersign::profiles
