#pragma once

#include <optional>

#include "profiles/profile.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// A host name, an IP address or a URI with its scheme: spiffe://partner.example/api
std::optional<VerifyName> as_verify_name(const YamlField& field);

/// "sha256/BASE64" of a public key, as curl and Java's OkHttp write it.
std::optional<Pin> as_pin(const YamlField& field);

}  // namespace countersign::profiles
