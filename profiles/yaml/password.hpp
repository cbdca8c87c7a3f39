#pragma once

#include <filesystem>
#include <optional>

#include "certs/source.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// How a record's files are named: as_existing_file, or as_path for a record that is not loaded.
using AsFile = std::optional<std::filesystem::path> (*)(const YamlField&);

/// { file: … }, { env: … } or { credential: … }. What was found is never repeated.
std::optional<certs::PasswordSource> as_secret_source(const YamlField& field, AsFile as_file);

/// { file: … }, { env: … }, { credential: … }, or the password itself, which earns a warning. What
/// was found is never repeated: it may be the password, put in the wrong place.
std::optional<certs::PasswordSource> as_password(const YamlField& field, AsFile as_file);

}  // namespace countersign::profiles
