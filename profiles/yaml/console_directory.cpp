#include "profiles/yaml/console_directory.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "profiles/yaml/files.hpp"
#include "profiles/yaml/paths.hpp"

namespace countersign::profiles {
namespace {

namespace fs = std::filesystem;

const YamlEntry* find(const YamlNode& map, std::string_view key) {
    const auto found = std::ranges::find(map.entries, key, &YamlEntry::key);
    return found == map.entries.end() ? nullptr : &*found;
}

/// That all of it is confined, and the keys that it may not have.
void confine(
    YamlNode& node, const std::shared_ptr<const fs::path>& within, const std::string& path,
    YamlReport& report
) {
    node.place.within = within;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        confine(node.items[i], within, path + '[' + std::to_string(i) + ']', report);
    }
    for (YamlEntry& entry : node.entries) {
        entry.place.within = within;
        const std::string here = join_path(path, entry.key);
        if (entry.key.starts_with("danger_")) {
            report.problem(
                entry.place, here,
                "turns a check off, which nothing in console.directory may; write it into the "
                "configuration itself"
            );
        }
        confine(entry.value, within, here, report);
    }
}

/// The files of the directory, and `candidate` among them, in the order of their names.
std::vector<fs::path> files_with(
    const fs::path& directory, const ConsoleFile* candidate, YamlReport& report
) {
    std::vector<fs::path> files = yaml_files_in(directory, report);
    if (candidate == nullptr) return files;
    const fs::path path = directory / candidate->name;
    const auto at = std::ranges::lower_bound(files, path);
    if (at == files.end() || *at != path) files.insert(at, path);
    return files;
}

bool may_stand_there(const std::string& key) { return key == "certificates" || key == "profiles"; }

}  // namespace

std::optional<fs::path> console_directory_in(const YamlNode& root) {
    const YamlEntry* const console = find(root, "console");
    if (console == nullptr) return std::nullopt;
    const YamlEntry* const directory = find(console->value, "directory");
    if (directory == nullptr) return std::nullopt;
    YamlReport reported_later;
    auto path = as_path({directory->value, directory->place, "", reported_later});
    std::error_code error;
    if (!path || !fs::is_directory(*path, error)) return std::nullopt;
    if (is_directory_of(*path, directory->place)) return std::nullopt;
    return path;
}

bool is_directory_of(const fs::path& directory, const YamlPlace& place) {
    std::error_code error;
    const fs::path own = fs::path{*place.file}.parent_path();
    return fs::equivalent(directory, own.empty() ? fs::path{"."} : own, error);
}

void join_console_directory(YamlNode& root, const ConsoleFile* candidate, YamlReport& report) {
    const std::optional<fs::path> directory = console_directory_in(root);
    if (!directory) return;
    const auto within = std::make_shared<const fs::path>(*directory);
    for (const fs::path& path : files_with(*directory, candidate, report)) {
        const bool is_candidate = candidate != nullptr && path == *directory / candidate->name;
        std::optional<YamlNode> file = is_candidate ? parse_yaml_map(candidate->text, path, report)
                                                    : load_yaml_map(path, report);
        if (!file) continue;
        confine(*file, within, "", report);
        for (const YamlEntry& entry : file->entries) {
            if (may_stand_there(entry.key)) continue;
            report.problem(
                entry.place, join_path("", entry.key),
                "stands in console.directory, where only certificates and profiles may; write it "
                "into the configuration itself"
            );
        }
        std::erase_if(file->entries, [](const YamlEntry& one) {
            return !may_stand_there(one.key);
        });
        join_yaml(root, std::move(*file), report);
    }
}

}  // namespace countersign::profiles
