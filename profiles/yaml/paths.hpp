#pragma once

#include <filesystem>
#include <optional>

#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// A path; a relative one is relative to the file in which it stands, not to the working directory.
/// ${NAME} in it stands for an environment variable, but in what is confined to a directory.
std::optional<std::filesystem::path> as_path(const YamlField& field);

/// The path of a file that exists. Whether it can be read, and what is in it, is for its loader.
std::optional<std::filesystem::path> as_existing_file(const YamlField& field);

/// The same, and a directory too.
std::optional<std::filesystem::path> as_existing_file_or_directory(const YamlField& field);

/// The path of a directory that exists.
std::optional<std::filesystem::path> as_directory(const YamlField& field);

/// `text` as `as_path` reads it; nullopt where a variable in it is not set, reported.
std::optional<std::filesystem::path> resolve_path(std::string_view text, const YamlField& field);

}  // namespace countersign::profiles
