#include "profiles/units.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace countersign::profiles {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr Unit kDurationUnits[] = {
    {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000},
};
constexpr Unit kSizeUnits[] = {
    {"", 1},
    {"KiB", 1U << 10},
    {"MiB", 1U << 20},
    {"GiB", 1U << 30},
};

template <std::size_t N>
std::optional<std::uint64_t> parse_amount(
    std::string_view text, const Unit (&units)[N], std::uint64_t most
) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_number(text.substr(0, digits));
    if (!number) return std::nullopt;
    for (const auto& unit : units) {
        if (unit.name != text.substr(digits)) continue;
        if (*number > most / unit.factor) return std::nullopt;
        return *number * unit.factor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    constexpr std::chrono::milliseconds kMost = kLongestDuration;
    const auto amount =
        parse_amount(text, kDurationUnits, static_cast<std::uint64_t>(kMost.count()));
    if (!amount) return std::nullopt;
    return std::chrono::milliseconds{*amount};
}

std::string duration_text(std::chrono::milliseconds duration) {
    const auto amount = static_cast<std::uint64_t>(std::max(duration.count(), std::int64_t{0}));
    const Unit* unit = std::begin(kDurationUnits);
    for (const Unit& larger : kDurationUnits) {
        if (amount > 0 && amount % larger.factor == 0) unit = &larger;
    }
    return std::to_string(amount / unit->factor) + std::string{unit->name};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse_amount(text, kSizeUnits, kAnySize);
}

}  // namespace countersign::profiles
