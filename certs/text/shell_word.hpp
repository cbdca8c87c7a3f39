#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "certs/text/ascii.hpp"

namespace countersign::certs {

namespace detail {

/// $'…', which says a control character without sending it to the terminal.
inline std::string shell_word_with_escapes(std::string_view word) {
    std::string out = "$'";
    for (const char c : word) {
        const auto value = static_cast<unsigned char>(c);
        if (value < 0x20 || value == 0x7f) {
            out +=
                {'\\', static_cast<char>('0' + (value >> 6)),
                 static_cast<char>('0' + ((value >> 3) & 7)), static_cast<char>('0' + (value & 7))};
        } else {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + "'";
}

}  // namespace detail

/// A word as it is typed at a POSIX shell: in quotes where it has to be.
inline std::string shell_word(std::string_view word) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    const auto needs_no_quotes = [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view{"_-+=./,:@%"}.find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    if (!word.empty() && std::ranges::all_of(word, needs_no_quotes)) return std::string{word};
    if (std::ranges::any_of(word, is_control)) return detail::shell_word_with_escapes(word);
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

}  // namespace countersign::certs
