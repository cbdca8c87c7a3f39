#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::certs {

/// One character of UTF-8.
struct Utf8Character {
    std::size_t length = 0;  ///< in bytes; 0 where the bytes are no character
    char32_t code = 0;
};

/// The byte order mark that some editors put in front of a text.
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Whether a byte is one of a character's other bytes: not its first.
constexpr bool continues_character(char c) { return (c & 0xc0) == 0x80; }

/// The character at the front of `text`, which is not empty. None: cut short, overlong, a
/// surrogate, beyond Unicode.
constexpr Utf8Character decode_utf8(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return {1, first};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
    char32_t code = first & (0x7fU >> length);
    for (const char c : text.substr(1, length - 1)) {
        if (!continues_character(c)) return {};
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (overlong || surrogate || code > 0x10ffff) return {};
    return {length, code};
}

/// A surrogate becomes three bytes, as Java writes it.
inline void append_utf8(std::string& out, char32_t code) {
    const auto lower = [&out, code](int shift) {
        out += static_cast<char>(0x80 | (code >> shift & 0x3f));
    };
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
        lower(6);
    } else {
        out += static_cast<char>(0xf0 | code >> 18);
        lower(12);
        lower(6);
    }
    lower(0);
}

/// What is not UTF-8 in a text becomes U+FFFD, byte by byte.
inline std::string with_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = decode_utf8(text).length;
        out += length == 0 ? std::string_view{"\xef\xbf\xbd"} : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

}  // namespace countersign::certs
