#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::certs {

// The characters of ASCII, their classes and their case, whatever the locale says. No other byte is
// in a class or has a case.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower_case(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper_case(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower_case(c) || is_upper_case(c); }
constexpr bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
}

constexpr char to_lower(char c) { return is_upper_case(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char to_upper(char c) { return is_lower_case(c) ? static_cast<char>(c - 'a' + 'A') : c; }

inline std::string in_lower_case(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}
inline std::string in_upper_case(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), to_upper);
    return out;
}

/// Letters in either case are the same; nothing else is.
constexpr bool same_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    }
    return true;
}
constexpr bool starts_ignoring_case(std::string_view text, std::string_view front) {
    return same_ignoring_case(text.substr(0, front.size()), front);
}

/// What a hexadecimal digit of either case stands for; -1 for any other character.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// The digits that are written, in lower case.
inline constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Two digits for a byte.
inline void append_hex(std::string& out, unsigned char byte) {
    out += {kHexDigits[byte >> 4], kHexDigits[byte & 0x0f]};
}

}  // namespace countersign::certs
