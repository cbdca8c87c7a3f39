#include "profiles/yaml/report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace countersign::profiles {
namespace {

constexpr std::size_t kLongestQuote = 200;

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
    return path += !key.empty() && std::ranges::all_of(key, plain) ? std::string{key} : quote(key);
}

std::string quote(std::string_view text) {
    if (text.find('\n') != std::string_view::npos) return "text of several lines";
    if (text.find("-----BEGIN") != std::string_view::npos) return "key material";

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
    while ((quoted.back() & 0xc0) == 0x80) quoted.pop_back();
    if ((quoted.back() & 0x80) != 0) quoted.pop_back();
    return quoted + "…'";
}

}  // namespace countersign::profiles
