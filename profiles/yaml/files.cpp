#include "profiles/yaml/files.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

#include "profiles/yaml/field.hpp"
#include "profiles/yaml/missing_file.hpp"
#include "profiles/yaml/parser.hpp"
#include "profiles/yaml/text.hpp"

namespace countersign::profiles {
namespace {

namespace fs = std::filesystem;

YamlPlace whole(const fs::path& path) {
    return {std::make_shared<const std::string>(path.string())};
}

std::optional<YamlNode> load_file(const fs::path& path, YamlReport& report) {
    const auto text = read_yaml_file(path, report);
    if (!text) return std::nullopt;
    return parse_yaml(*text, std::make_shared<const std::string>(path.string()), report);
}

/// Hidden files are left out: editors' locks, and what a mounted volume swaps its files with.
std::vector<fs::path> list_files(const fs::path& directory, YamlReport& report) {
    std::vector<fs::path> files;
    fs::path other;
    std::error_code error;
    for (fs::directory_iterator entry{directory, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto& path = entry->path();
        if (path.filename().native().starts_with('.')) continue;
        if (path.extension() == ".yaml") files.push_back(path);
        if (path.extension() != ".yml") continue;
        report.warn(whole(path), "is not read: its name ends in .yml, not .yaml");
        other = path.filename();
    }
    if (error) {
        report.problem(whole(directory), "", "cannot be read: " + error.message());
    } else if (files.empty()) {
        report.problem(
            whole(directory), "",
            "holds no file whose name ends in .yaml; " +
                (other.empty() ? std::string{"put the configuration there, or name its file"}
                               : "rename " + quote_file(other.string()))
        );
    }
    std::ranges::sort(files);
    return files;
}

bool is_list(const YamlNode& node) { return node.kind == YamlNode::Kind::sequence; }

/// Puts what stands in one more file behind the rest.
void join(YamlNode& root, YamlNode file, YamlReport& report) {
    const auto known = root.entries.size();
    for (auto& entry : file.entries) {
        const auto end = root.entries.begin() + static_cast<std::ptrdiff_t>(known);
        const auto first = std::ranges::find(root.entries.begin(), end, entry.key, &YamlEntry::key);
        if (first == end) {
            root.entries.push_back(std::move(entry));
        } else if (is_list(first->value) && is_list(entry.value)) {
            std::ranges::move(entry.value.items, std::back_inserter(first->value.items));
        } else {
            report.problem(
                entry.place, join_path("", entry.key),
                "stands in another file too, at " + first->place.to_text() +
                    "; only a list may be spread over files"
            );
        }
    }
}

std::optional<YamlNode> load_directory(const fs::path& directory, YamlReport& report) {
    std::optional<YamlNode> root;
    for (const auto& path : list_files(directory, report)) {
        std::error_code error;
        if (!fs::is_regular_file(path, error)) {
            report.problem(whole(path), "", "is not a file");
            continue;
        }
        auto file = load_file(path, report);
        if (!file) continue;
        if (file->kind != YamlNode::Kind::map) {
            YamlField{*file, file->place, "", report}.unexpected(kDocument);
        } else if (!root) {
            root = std::move(file);
        } else {
            join(*root, std::move(*file), report);
        }
    }
    return root;
}

}  // namespace

std::optional<YamlNode> load_yaml(const fs::path& path, YamlReport& report) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::is_directory(status)) return load_directory(path, report);
    if (status.type() == fs::file_type::not_found) {
        report.problem(whole(path), "", "there is no such file or directory" + where_it_was(path));
        return std::nullopt;
    }
    return load_file(path, report);
}

}  // namespace countersign::profiles
