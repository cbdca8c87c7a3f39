#pragma once

#include <string>
#include <vector>

#include "profiles/configuration.hpp"

namespace countersign::proxy::generation {

/// What somebody should know of a configuration that is right: what the reader of the file found,
/// that it serves nobody, what its `danger_` switches give up, and that others may write in the
/// console's folder. With the place in the file.
std::vector<std::string> warnings_of(const profiles::Configuration& configuration);

/// "c.yaml:3:5: "; empty where there is no place.
inline std::string at(const std::string& where) { return where.empty() ? where : where + ": "; }

}  // namespace countersign::proxy::generation
