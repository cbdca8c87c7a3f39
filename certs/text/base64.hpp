#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "certs/text/ascii.hpp"

namespace countersign::certs {

/// What a digit of base64 (RFC 4648 4) stands for; -1 for any other character, '=' too.
constexpr int base64_value(char c) {
    if (is_upper_case(c)) return c - 'A';
    if (is_lower_case(c)) return c - 'a' + 26;
    if (is_digit(c)) return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

/// Decodes into `out`, an array of bytes or characters. How many there are; nullopt where they do
/// not fit, or where `text` is not the one spelling of them: padded with '=', and without white
/// space, other characters and bits that are left over. OpenSSL's decoder takes such.
template <class Bytes>
constexpr std::optional<std::size_t> decode_base64(std::string_view text, Bytes& out) {
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    if ((text.size() + padding) % 4 != 0 || text.size() * 3 / 4 > out.size()) return std::nullopt;
    std::size_t size = 0;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const int value = base64_value(c);
        if (value < 0) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out[size++] = static_cast<typename Bytes::value_type>(bits >> held);
        bits &= (1U << held) - 1;
    }
    return bits == 0 ? std::optional{size} : std::nullopt;
}

/// The one spelling of `bytes`, padded.
inline std::string encode_base64(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view three = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const char c = i < three.size() ? three[i] : char{0};
            bits = (bits << 8) | static_cast<unsigned char>(c);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            text += i <= three.size() ? kDigits[(bits >> (18 - 6 * i)) & 63U] : '=';
        }
    }
    return text;
}

}  // namespace countersign::certs
