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

bool is_list(const YamlNode& node) { return node.kind == YamlNode::Kind::sequence; }

struct Listed {
    std::vector<fs::path> files;
    fs::path other;  ///< one whose name ends in .yml; empty: none
    bool readable = true;
};

/// Hidden files are left out: editors' locks, and what a mounted volume swaps its files with.
Listed list_files(const fs::path& directory, YamlReport& report) {
    Listed listed;
    std::error_code error;
    for (fs::directory_iterator entry{directory, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto& path = entry->path();
        if (path.filename().native().starts_with('.')) continue;
        if (path.extension() == ".yaml") listed.files.push_back(path);
        if (path.extension() != ".yml") continue;
        report.warn(whole(path), "is not read: its name ends in .yml, not .yaml");
        listed.other = path.filename();
    }
    if (error) {
        listed.readable = false;
        report.problem(whole(directory), "", "cannot be read: " + error.message());
    }
    std::ranges::sort(listed.files);
    return listed;
}

std::optional<YamlNode> load_directory(const fs::path& directory, YamlReport& report) {
    const Listed listed = list_files(directory, report);
    if (listed.readable && listed.files.empty()) {
        report.problem(
            whole(directory), "",
            "holds no file whose name ends in .yaml; " +
                (listed.other.empty() ? std::string{"put the configuration there, or name its file"}
                                      : "rename " + quote_file(listed.other.string()))
        );
    }
    std::optional<YamlNode> root;
    for (const auto& path : listed.files) {
        auto file = load_yaml_map(path, report);
        if (!file) continue;
        if (!root) {
            root = std::move(file);
        } else {
            join_yaml(*root, std::move(*file), report);
        }
    }
    return root;
}

std::optional<YamlNode> map_of(std::optional<YamlNode> file, YamlReport& report) {
    if (file && file->kind != YamlNode::Kind::map) {
        YamlField{*file, file->place, "", report}.unexpected(kDocument);
        return std::nullopt;
    }
    return file;
}

}  // namespace

std::vector<fs::path> yaml_files_in(const fs::path& directory, YamlReport& report) {
    return list_files(directory, report).files;
}

std::optional<YamlNode> load_yaml_map(const fs::path& path, YamlReport& report) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        report.problem(whole(path), "", "is not a file");
        return std::nullopt;
    }
    return map_of(load_file(path, report), report);
}

std::optional<YamlNode> parse_yaml_map(
    std::string_view text, const fs::path& path, YamlReport& report
) {
    const auto name = std::make_shared<const std::string>(path.string());
    return map_of(parse_yaml(text, name, report), report);
}

void join_yaml(YamlNode& root, YamlNode file, YamlReport& report) {
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
