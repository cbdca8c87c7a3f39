#include "profiles/yaml/paths.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

#include "profiles/yaml/confinement.hpp"
#include "profiles/yaml/missing_file.hpp"
#include "profiles/yaml/secret_places.hpp"

namespace countersign::profiles {
namespace {

/// Every ${NAME} replaced by the environment's value. One that is empty would make another path of
/// this one, as one that is missing would.
std::optional<std::string> expand(std::string_view text, const YamlField& field) {
    std::string out;
    for (;;) {
        const auto begin = text.find("${");
        out += text.substr(0, begin);
        if (begin == text.npos) return out;
        const auto end = text.find('}', begin);
        if (end == text.npos || end == begin + 2) {
            field.unexpected("${NAME}, the name of an environment variable in braces");
            return std::nullopt;
        }
        const std::string name{text.substr(begin + 2, end - begin - 2)};
        const char* value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0') {
            field.problem(
                "the environment variable " + quote(name) +
                (value == nullptr ? " is not set" : " is empty")
            );
            return std::nullopt;
        }
        if (is_key_material(value)) {
            field.problem(
                "the environment variable " + quote(name) +
                " holds key material; expected a file's path, or a part of one"
            );
            return std::nullopt;
        }
        out += value;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::optional<std::filesystem::path> resolve_path(std::string_view text, const YamlField& field) {
    const bool confined = field.place().within != nullptr;
    const std::optional<std::string> expanded = confined ? std::string{text} : expand(text, field);
    if (!expanded) return std::nullopt;
    // An absolute path on the right of '/' stays as it is.
    auto path = std::filesystem::path{*field.place().file}.parent_path() / *expanded;
    if (std::string problem = outside_problem(path, field.place()); !problem.empty()) {
        field.problem(std::move(problem));
        return std::nullopt;
    }
    return path;
}

std::optional<std::filesystem::path> as_path(const YamlField& field) {
    const auto text = field.scalar("a file's path");
    if (!text) return std::nullopt;
    const bool one_line = text->find_first_of("\r\n") == text->npos;
    if (one_line && !text->empty() && !is_key_material(*text)) {
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
        field.problem(
            quote_file(path->string()) +
            " is a directory; name a file in it (only the file of a trust_store_cert may be a "
            "directory)"
        );
    } else if (status.type() == std::filesystem::file_type::not_found) {
        field.problem(
            "there is no file " + quote_file(path->string()) + where_it_was(*path, field)
        );
    } else if (status.type() == std::filesystem::file_type::none) {
        field.problem(quote_file(path->string()) + " cannot be looked at: " + error.message());
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

std::optional<std::filesystem::path> as_directory(const YamlField& field) {
    auto path = as_existing_file_or_directory(field);
    std::error_code error;
    if (!path || std::filesystem::is_directory(*path, error)) return path;
    field.problem(quote_file(path->string()) + " is no directory; name one");
    return std::nullopt;
}

}  // namespace countersign::profiles
