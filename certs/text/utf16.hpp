#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "certs/text/utf8.hpp"

namespace countersign::certs {

/// UTF-8 of UTF-16 with the higher byte first, as ASN.1's BMPString holds it. Half a pair becomes
/// U+FFFD; a byte that is left over is left out. OpenSSL's own function fails where the last
/// character is from U+0800 to U+FFFF.
inline std::string utf8_of_utf16(std::span<const unsigned char> bytes) {
    constexpr char32_t kNone = 0xfffd;
    const auto unit = [bytes](std::size_t i) -> char32_t {
        return i + 1 < bytes.size() ? bytes[i] * 0x100u + bytes[i + 1] : kNone;
    };
    std::string out;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const char32_t first = unit(i);
        const char32_t second = unit(i + 2);
        if (first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000) {
            append_utf8(out, 0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff)));
            i += 2;
        } else {
            append_utf8(out, first >= 0xd800 && first < 0xe000 ? kNone : first);
        }
    }
    return out;
}

/// The other way; nullopt where the text is not UTF-8.
inline std::optional<std::string> utf16_of_utf8(std::string_view text) {
    std::string out;
    const auto append = [&out](char32_t unit) {
        out += static_cast<char>(unit >> 8);
        out += static_cast<char>(unit & 0xff);
    };
    while (!text.empty()) {
        const auto [length, code] = decode_utf8(text);
        if (length == 0) return std::nullopt;
        if (code >= 0x10000) {
            append(0xd800 | (code - 0x10000) >> 10);
            append(0xdc00 | ((code - 0x10000) & 0x3ff));
        } else {
            append(code);
        }
        text.remove_prefix(length);
    }
    return out;
}

}  // namespace countersign::certs
