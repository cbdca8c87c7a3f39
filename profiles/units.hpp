#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::profiles {

/// Ten years: longer than any limit is meant, and far from what a clock can hold.
constexpr std::chrono::hours kLongestDuration{3650 * 24};

/// Decimal digits and nothing else; no leading zero, which another reader may take for octal.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// A number and its unit: "500ms", "5s", "2m", "1h", "30d". nullopt for any other text, and above
/// kLongestDuration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "500ms", "5s": as `parse_duration` reads it, in the largest unit that it has a whole number of.
std::string duration_text(std::chrono::milliseconds duration);

/// The largest size that is read.
constexpr std::uint64_t kAnySize = std::numeric_limits<std::int64_t>::max();

/// Bytes: "65536", "64KiB", "1MiB", "2GiB". nullopt for any other text, and above kAnySize.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace countersign::profiles
