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
/// `shutdown:`, of which there is the time to drain.
std::chrono::milliseconds read_drain(const YamlField& field);

}  // namespace countersign::profiles
