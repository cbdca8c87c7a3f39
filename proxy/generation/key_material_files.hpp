#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "profiles/configuration.hpp"

namespace countersign::proxy::generation {

/// The files that a load of the configuration opens besides itself: key stores with their keys and
/// chains, trust (a directory as such), and all that a password or a field's value is read from.
/// Each once.
std::vector<std::filesystem::path> key_material_files(const profiles::Configuration& configuration);

/// What tells the content of these, and of the system's trust store, from that of another time.
std::string key_material_state(const profiles::Configuration& configuration);

}  // namespace countersign::proxy::generation
