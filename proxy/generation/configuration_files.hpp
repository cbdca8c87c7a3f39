#pragma once

#include <filesystem>
#include <vector>

#include "profiles/configuration.hpp"

namespace countersign::proxy::generation {

/// The files that a configuration is read from: `path`, and, where it names a console.directory,
/// that one's *.yaml files. Null: what it names is not known yet.
std::vector<std::filesystem::path> configuration_files(
    const std::filesystem::path& path, const profiles::Configuration* configuration
);

}  // namespace countersign::proxy::generation
