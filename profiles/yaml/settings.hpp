#pragma once

#include <cstdint>
#include <optional>

#include "profiles/configuration.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// "auto", which is 0, or a number.
std::optional<std::uint32_t> as_workers(const YamlField& field);

AddressRules read_address_rules(const YamlField& field);
Limits read_limits(const YamlField& field);
LogRules read_log_rules(const YamlField& field);
ShutdownRules read_shutdown_rules(const YamlField& field);
/// `reload:`, of which there is `watch_configuration`.
bool read_watch_configuration(const YamlField& field);

}  // namespace countersign::profiles
