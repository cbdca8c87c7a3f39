#include "profiles/yaml/scalars.hpp"

#include "certs/text/phrase.hpp"
#include "profiles/units.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kDuration = "a duration like 500ms, 5s, 2m, 1h or 30d, at most 3650d";

/// A size in the unit that its documentation uses.
std::string size_text(std::uint64_t bytes) {
    if (bytes >= 1U << 20 && bytes % (1U << 20) == 0) return std::to_string(bytes >> 20) + "MiB";
    if (bytes >= 1U << 10 && bytes % (1U << 10) == 0) return std::to_string(bytes >> 10) + "KiB";
    return std::to_string(bytes);
}

}  // namespace

std::optional<std::string> as_text(const YamlField& field) {
    const auto text = field.scalar("text");
    if (text && !text->empty()) return std::string{*text};
    if (text) field.unexpected("text");
    return std::nullopt;
}

std::optional<bool> as_bool(const YamlField& field) {
    constexpr std::string_view kExpected = "true or false";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const bool known = *text == "true" || *text == "false";
    if (known && !field.node().quoted) return *text == "true";
    if (known) {
        field.unexpected_quotes(kExpected);
    } else {
        field.unexpected(kExpected);
    }
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> as_duration(const YamlField& field) {
    const auto text = field.scalar(kDuration);
    if (!text) return std::nullopt;
    if (const auto duration = parse_duration(*text)) return duration;
    if (parse_number(*text)) {
        const std::string number{*text};
        field.unexpected("a duration with its unit: " + number + "s for seconds, or ms, m, h, d");
    } else {
        field.unexpected(kDuration);
    }
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> as_time_limit(const YamlField& field) {
    const auto duration = as_duration(field);
    if (!duration || duration->count() > 0) return duration;
    field.unexpected("a duration above zero");
    return std::nullopt;
}

std::optional<std::chrono::hours> as_hours(const YamlField& field) {
    const auto duration = as_duration(field);
    if (!duration) return std::nullopt;
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(*duration);
    if (hours == *duration) return hours;
    field.unexpected("whole hours or days, like 12h or 30d");
    return std::nullopt;
}

std::optional<std::uint64_t> as_size(
    const YamlField& field, std::uint64_t least, std::uint64_t most
) {
    const auto bounds = " from " + size_text(least) + " to " + size_text(most);
    const auto expected =
        "a size" + (most == kAnySize ? "" : bounds) + ", as bytes or like 64KiB, 1MiB";
    const auto text = field.scalar(expected);
    if (!text) return std::nullopt;
    const auto size = parse_size(*text);
    if (size && *size >= least && *size <= most) return size;
    field.unexpected(expected);
    return std::nullopt;
}

std::optional<std::uint64_t> as_number(
    const YamlField& field, std::uint64_t least, std::uint64_t most
) {
    const auto expected = "a number from " + std::to_string(least) + " to " + std::to_string(most);
    const auto text = field.scalar(expected);
    if (!text) return std::nullopt;
    const auto number = parse_number(*text);
    const bool fits = number && *number >= least && *number <= most;
    if (fits && !field.node().quoted) return number;
    if (fits) {
        field.unexpected_quotes(expected);
        return std::nullopt;
    }

    const bool leading_zero = text->size() > 1 &&
                              text->find_first_not_of("0123456789") == text->npos &&
                              text->front() == '0';
    field.unexpected(expected + (leading_zero ? ", without leading zeros" : ""));
    return std::nullopt;
}

void report_other_word(const YamlField& field, const std::vector<std::string_view>& words) {
    const auto expected = certs::enumerated(words, "or");
    const auto text = field.scalar(expected);
    if (!text) return;
    // "1.1" is no slip for "1.2".
    const bool number = text->find_first_not_of("0123456789.") == text->npos;
    field.unexpected(expected + (number ? "" : did_you_mean(*text, words)));
}

}  // namespace countersign::profiles
