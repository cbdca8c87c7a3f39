#include "profiles/yaml/report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "profiles/yaml/secret_places.hpp"

namespace countersign::profiles {
namespace {

constexpr std::size_t kLongestQuote = 200;

/// An address without the password in it, a path without its query.
std::string without_secrets(std::string_view text) {
    const auto query = text.find('?');
    if (query != text.npos && query + 1 < text.size()) {
        return without_secrets(text.substr(0, query + 1)) + "…";
    }
    const auto scheme = text.find("://");
    const auto colon = text.find(':', scheme == text.npos ? 0 : scheme + 3);
    const auto at = text.rfind('@');
    if (colon == text.npos || at == text.npos || colon > at) return std::string{text};
    return std::string{text.substr(0, colon + 1)} + "…" + std::string{text.substr(at)};
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

std::vector<Problem> YamlReport::take_problems() {
    std::ranges::stable_sort(problems_, {}, [](const Problem& problem) {
        return std::tie(problem.file, problem.line, problem.column);
    });
    return std::exchange(problems_, {});
}

std::vector<Warning> YamlReport::take_warnings() { return std::exchange(warnings_, {}); }

std::string join_path(std::string_view parent, std::string_view key) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    std::string path{parent};
    if (!path.empty()) path += '.';
    if (!key.empty() && std::ranges::all_of(key, plain)) return path += key;
    const auto name = name_in(key);
    if (name.size() == key.size()) return path += quote(key);
    auto quoted = quote(name);
    if (quoted.ends_with('\'')) quoted.insert(quoted.size() - 1, "…");
    return path += quoted;
}

std::string quote(std::string_view whole) {
    if (whole.find('\n') != std::string_view::npos) return "text of several lines";
    if (is_key_material(whole)) return "key material";
    const auto text = without_secrets(whole);

    // Only a tab or a carriage return can stand here: the parser lets no other control character
    // by.
    std::string quoted = "'";
    for (const char c : std::string_view{text}.substr(0, kLongestQuote)) {
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
    while ((quoted.back() & 0xc0) == 0x80) quoted.pop_back();
    if ((quoted.back() & 0x80) != 0) quoted.pop_back();
    return quoted + "…'";
}

}  // namespace countersign::profiles
