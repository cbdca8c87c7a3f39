#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "profiles/yaml/report.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// What stands at the top of every file.
constexpr std::string_view kDocument = "keys such as listeners, certificates and profiles";

/// The configuration at `path` as one tree: a file, or a directory whose *.yaml files are joined in
/// the order of their names. Lists at the top are put behind each other; any other key belongs to
/// one file. What is wrong is reported; nullopt where that leaves nothing to read.
std::optional<YamlNode> load_yaml(const std::filesystem::path& path, YamlReport& report);

}  // namespace countersign::profiles
