#pragma once

#include <optional>
#include <vector>

#include "profiles/network.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// One network; `expected` says what else might have stood there.
std::optional<Network> as_network(const YamlField& field, std::string_view expected);

/// A list of networks; those that are none are reported and left out.
std::optional<std::vector<Network>> as_networks(const YamlField& field);

}  // namespace countersign::profiles
