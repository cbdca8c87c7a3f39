#include "profiles/yaml/report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"
#include "profiles/yaml/secret_places.hpp"

namespace countersign::profiles {
namespace {

constexpr std::size_t kLongestQuote = 200;

std::string without_password(std::string_view text) {
    const auto scheme = text.find("://");
    const auto colon = text.find(':', scheme == text.npos ? 0 : scheme + 3);
    const auto at = text.rfind('@');
    if (colon == text.npos || at == text.npos || colon > at) return std::string{text};
    return std::string{text.substr(0, colon + 1)} + "…" + std::string{text.substr(at)};
}

/// A path or an address without its query, an address without the password in it.
std::string without_secrets(std::string_view text) {
    const auto query = text.find('?');
    if (query == text.npos || query + 1 == text.size()) return without_password(text);
    const bool has_path = text.find('/') < query;
    const bool has_value = text.find('=', query) != text.npos;
    if (!has_path && !has_value) return without_password(text);
    return without_password(text.substr(0, query + 1)) + "…";
}

std::string in_quotes(std::string_view text) {
    // Only a tab or a carriage return can stand here: the parser lets no other control character
    // by.
    std::string quoted = "'";
    for (const char c : text.substr(0, kLongestQuote)) {
        if (c == '\t') {
            quoted += "\\t";
        } else if (c == '\r') {
            quoted += "\\r";
        } else {
            quoted += c;
        }
    }
    if (text.size() <= kLongestQuote) return quoted + "'";
    // Never half a character.
    while (certs::continues_character(quoted.back())) quoted.pop_back();
    if ((quoted.back() & 0x80) != 0) quoted.pop_back();
    return quoted + "…'";
}

/// Nothing where it may be quoted.
std::string_view instead_of(std::string_view text) {
    if (text.find('\n') != text.npos) return "text of several lines";
    return is_key_material(text) ? "key material" : "";
}

}  // namespace

std::string YamlPlace::to_text() const {
    if (line == 0) return *file;
    return *file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string Problem::to_text() const {
    std::string where = file;
    if (line > 0) where += ":" + std::to_string(line) + ":" + std::to_string(column);
    where += ": ";
    if (!path.empty()) where += path + ": ";
    return where + text;
}

void YamlReport::problem(const YamlPlace& place, std::string path, std::string text) {
    problems_.push_back({*place.file, place.line, place.column, std::move(path), std::move(text)});
}

void YamlReport::warn(const YamlPlace& place, std::string text) {
    warnings_.push_back({place.to_text(), std::move(text)});
}

Problems YamlReport::take_problems() {
    std::ranges::stable_sort(problems_, {}, [](const Problem& problem) {
        return std::tie(problem.file, problem.line, problem.column);
    });
    return std::exchange(problems_, {});
}

std::vector<Warning> YamlReport::take_warnings() { return std::exchange(warnings_, {}); }

std::string join_path(std::string_view parent, std::string_view key) {
    const auto plain = [](char c) {
        return certs::is_letter(c) || certs::is_digit(c) || c == '_' || c == '-';
    };
    std::string path{parent};
    if (!path.empty()) path += '.';
    if (!key.empty() && std::ranges::all_of(key, plain)) return path += key;
    const auto name = name_in(key, parent);
    if (name.size() == key.size()) return path += quote(key);
    auto quoted = quote(name);
    if (quoted.ends_with('\'')) quoted.insert(quoted.size() - 1, "…");
    return path += quoted;
}

std::string quote(std::string_view text) {
    const auto other = instead_of(text);
    return other.empty() ? in_quotes(without_secrets(text)) : std::string{other};
}

std::string quote_file(std::string_view path) {
    // Perhaps no file at all.
    const bool is_file = path.find(":/") == path.npos && instead_of(path).empty();
    return is_file ? in_quotes(without_password(path)) : quote(path);
}

}  // namespace countersign::profiles
