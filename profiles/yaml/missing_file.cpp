#include "profiles/yaml/missing_file.hpp"

#include <cstddef>
#include <string_view>
#include <system_error>
#include <vector>

namespace countersign::profiles {
namespace {

namespace fs = std::filesystem;

/// A directory with more is no place to guess in.
constexpr std::size_t kMostNames = 1000;
/// What is left where nothing near it is there.
constexpr std::string_view kPutItThere = "; put it there, or correct the path";

/// The topmost directory that is missing; empty where none is.
fs::path missing_directory(const fs::path& path) {
    fs::path missing;
    std::error_code error;
    for (fs::path above = path.parent_path(); !above.empty() && above != above.parent_path();
         above = above.parent_path()) {
        if (fs::exists(above, error) || error) break;
        missing = above;
    }
    return missing;
}

std::string nearest_file(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry{path.parent_path(), error}, end;
         !error && entry != end && names.size() < kMostNames; entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    const std::vector<std::string_view> known{names.begin(), names.end()};
    return did_you_mean(path.filename().string(), known);
}

bool is_quoted_whole(const fs::path& path) {
    return quote_file(path.string()) == "'" + path.string() + "'";
}

/// What is not repeated, because it may be a secret, is not looked for in words either.
fs::path sayable(const fs::path& path) {
    std::error_code error;
    fs::path absolute = fs::absolute(path, error).lexically_normal();
    const bool may_be_said = !error && is_quoted_whole(path) && is_quoted_whole(absolute);
    return may_be_said ? absolute : fs::path{};
}

std::string what_is_missing(const fs::path& absolute) {
    std::error_code error;
    if (fs::is_symlink(fs::symlink_status(absolute, error))) {
        const fs::path target = fs::read_symlink(absolute, error);
        return "; it is a link to " + quote_file(target.string()) + ", which is not there";
    }
    const fs::path directory = missing_directory(absolute);
    if (directory.empty()) return nearest_file(absolute);
    return "; there is no directory " + quote_file(directory.string());
}

std::string looked_for(const fs::path& path, const fs::path& absolute) {
    return absolute == path ? "" : ", looked for as " + quote_file(absolute.string());
}

}  // namespace

std::string where_it_was(const fs::path& path, const YamlField& field) {
    const fs::path absolute = sayable(path);
    if (absolute.empty()) return {};
    const std::string missing = what_is_missing(absolute);
    const std::string text = looked_for(path, absolute) + missing;
    // Where it would be for a program that goes by its working directory.
    std::error_code error;
    const fs::path written{field.node().text};
    const fs::path elsewhere = fs::absolute(written, error).lexically_normal();
    if (written.is_relative() && elsewhere != absolute && fs::exists(elsewhere, error)) {
        return text + "; " + quote_file(elsewhere.string()) +
               " is there, but a path is relative to the file that names it";
    }
    return missing.empty() ? text + std::string{kPutItThere} : text;
}

std::string where_it_was(const fs::path& path) {
    const fs::path absolute = sayable(path);
    if (absolute.empty()) return {};
    const std::string missing = what_is_missing(absolute);
    return looked_for(path, absolute) + (missing.empty() ? std::string{kPutItThere} : missing);
}

}  // namespace countersign::profiles
