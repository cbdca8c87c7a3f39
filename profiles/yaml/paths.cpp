#include "profiles/yaml/paths.hpp"

#include <system_error>

namespace countersign::profiles {

std::filesystem::path resolve_path(std::string_view text, const YamlField& field) {
    // An absolute path on the right of '/' stays as it is.
    return std::filesystem::path{*field.place().file}.parent_path() / text;
}

std::optional<std::filesystem::path> as_path(const YamlField& field) {
    const auto text = field.scalar("a file's path");
    if (!text) return std::nullopt;
    const bool one_line = text->find_first_of("\r\n") == text->npos;
    if (one_line && !text->empty() && text->find("-----BEGIN") == text->npos) {
        return resolve_path(*text, field);
    }
    field.unexpected("a file's path");
    return std::nullopt;
}

namespace {

std::optional<std::filesystem::path> as_existing(const YamlField& field, bool may_be_directory) {
    auto path = as_path(field);
    if (!path) return std::nullopt;
    std::error_code error;
    const auto status = std::filesystem::status(*path, error);
    if (std::filesystem::is_directory(status) && !may_be_directory) {
        field.problem(quote(path->string()) + " is a directory; expected a file");
    } else if (status.type() == std::filesystem::file_type::not_found) {
        field.problem("there is no file " + quote(path->string()));
    } else if (status.type() == std::filesystem::file_type::none) {
        field.problem(quote(path->string()) + " cannot be looked at: " + error.message());
    } else {
        return path;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::filesystem::path> as_existing_file(const YamlField& field) {
    return as_existing(field, false);
}

std::optional<std::filesystem::path> as_existing_file_or_directory(const YamlField& field) {
    return as_existing(field, true);
}

}  // namespace countersign::profiles
