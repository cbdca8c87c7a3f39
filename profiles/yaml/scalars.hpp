#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/text/word.hpp"
#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

// Each reads one value as its type, or reports what was found and what was expected. The text that
// was written decides, never a guess at its YAML type: `no` is a name, `010` no number.

std::optional<std::string> as_text(const YamlField& field);
/// true or false, not in quotes.
std::optional<bool> as_bool(const YamlField& field);
std::optional<std::chrono::milliseconds> as_duration(const YamlField& field);
/// Above zero: the limit of a wait.
std::optional<std::chrono::milliseconds> as_time_limit(const YamlField& field);
/// In whole hours.
std::optional<std::chrono::hours> as_hours(const YamlField& field);
/// Bytes, within bounds; `most` may be kAnySize.
std::optional<std::uint64_t> as_size(
    const YamlField& field, std::uint64_t least, std::uint64_t most
);
std::optional<std::uint64_t> as_number(
    const YamlField& field, std::uint64_t least, std::uint64_t most
);

/// A reader of numbers for YamlMap::read.
template <class T>
auto number_from(T least, T most) {
    return [least, most](const YamlField& field) -> std::optional<T> {
        const auto number = as_number(field, least, most);
        return number ? std::optional{static_cast<T>(*number)} : std::nullopt;
    };
}

/// Reports that `field` is none of `words`.
void report_other_word(const YamlField& field, const std::vector<std::string_view>& words);

/// A reader of one word out of an enumeration's for YamlMap::read.
template <class T, std::size_t kCount>
auto one_of(const certs::Word<T> (&words)[kCount]) {
    return [&words](const YamlField& field) -> std::optional<T> {
        std::vector<std::string_view> known;
        for (const auto& [word, meaning] : words) {
            if (field.is_word(word)) return meaning;
            known.push_back(word);
        }
        report_other_word(field, known);
        return std::nullopt;
    };
}

}  // namespace countersign::profiles
