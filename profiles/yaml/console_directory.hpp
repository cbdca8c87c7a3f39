#pragma once

#include <filesystem>
#include <optional>

#include "profiles/console_file.hpp"
#include "profiles/yaml/report.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// Puts the certificates and profiles of the *.yaml files in `console.directory` behind those of
/// the document. Whoever may write there by the console must not read other files, variables or
/// credentials of this machine by sending them to a host, nor turn checks off: so these files name
/// only files of that directory, no `env`, no `credential` and no `danger_`. A directory that is
/// not said, or not there, is for who reads `console:` to report. `candidate`: one that would stand
/// there; null: none.
void join_console_directory(YamlNode& root, const ConsoleFile* candidate, YamlReport& report);

/// What `console.directory` names, where it is there.
std::optional<std::filesystem::path> console_directory_in(const YamlNode& root);

/// Whether that is the directory of the file itself, whose whole text would stand in it.
bool is_directory_of(const std::filesystem::path& directory, const YamlPlace& place);

}  // namespace countersign::profiles
