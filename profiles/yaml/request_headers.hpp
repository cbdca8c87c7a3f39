#pragma once

#include "profiles/profile.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// A profile's `request_headers:`. Values may be secret, and are never repeated.
RequestHeaderRules read_request_headers(const YamlField& field);

}  // namespace countersign::profiles
