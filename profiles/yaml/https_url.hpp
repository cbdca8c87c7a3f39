#pragma once

#include <optional>

#include "profiles/profile.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// "https://api.partner.example:8443/health?full=1": the port is 443 and the path "/" where there
/// is none. null is nothing, and no problem.
std::optional<HttpsUrl> as_https_url(const YamlField& field);

}  // namespace countersign::profiles
