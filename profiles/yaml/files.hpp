#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "profiles/yaml/report.hpp"
#include "profiles/yaml/tree.hpp"

namespace countersign::profiles {

/// What stands at the top of every file.
constexpr std::string_view kDocument = "keys such as listeners, certificates and profiles";

/// The configuration at `path` as one tree: a file, or a directory whose *.yaml files are joined in
/// the order of their names. Lists at the top are put behind each other; any other key belongs to
/// one file. What is wrong is reported; nullopt where that leaves nothing to read.
std::optional<YamlNode> load_yaml(const std::filesystem::path& path, YamlReport& report);

/// The *.yaml files of a directory in the order of their names, hidden ones left out. That it
/// cannot be read, and files whose names nearly fit, are reported; an empty list is not.
std::vector<std::filesystem::path> yaml_files_in(
    const std::filesystem::path& directory, YamlReport& report
);

/// One of them. Nullopt where it is none, or has nothing in it; what is wrong is reported.
std::optional<YamlNode> load_yaml_map(const std::filesystem::path& file, YamlReport& report);

/// The same of a text, as if it were the file's.
std::optional<YamlNode> parse_yaml_map(
    std::string_view text, const std::filesystem::path& file, YamlReport& report
);

/// Puts what stands in one more file behind the rest: items of lists; another key that both have is
/// reported.
void join_yaml(YamlNode& root, YamlNode file, YamlReport& report);

}  // namespace countersign::profiles
