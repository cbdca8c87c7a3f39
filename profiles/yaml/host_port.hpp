#pragma once

#include <optional>

#include "profiles/profile.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// "api.partner.example:8443", "192.0.2.7:443", "[2001:db8::7]:443"
std::optional<HostPort> as_host_port(const YamlField& field);

}  // namespace countersign::profiles
