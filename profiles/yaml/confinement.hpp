#pragma once

#include <filesystem>
#include <string>

#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// What is wrong with a path that stands where files of one directory only may be named
/// (YamlPlace::within), links followed; empty: nothing.
std::string outside_problem(const std::filesystem::path& path, const YamlPlace& place);

}  // namespace countersign::profiles
