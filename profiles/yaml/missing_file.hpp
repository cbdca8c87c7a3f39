#pragma once

#include <filesystem>
#include <string>

#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// Behind "there is no file '…'": where a relative path was looked for, what of the directories
/// above it is missing, and a file with nearly the same name. `path` as `resolve_path` gave it for
/// the field.
std::string where_it_was(const std::filesystem::path& path, const YamlField& field);

/// The same for the configuration itself, whose relative path goes by the working directory.
std::string where_it_was(const std::filesystem::path& path);

}  // namespace countersign::profiles
