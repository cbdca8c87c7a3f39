#include "certs/java/java_alias.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

constexpr std::string_view kZero = "\xc0\x80";  ///< the character U+0000, in Java

unsigned char byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

// The lower bits of the bytes that continue a character; nullopt where one of them does not.
std::optional<std::uint32_t> continued(std::string_view bytes) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!continues_character(bytes[i])) return std::nullopt;
        bits = bits << 6 | (byte_at(bytes, i) & 0x3fu);
    }
    return bits;
}

// The character of four bytes that the text begins with.
std::optional<std::uint32_t> beyond_sixteen_bits(std::string_view text) {
    if (text.size() < 4 || (byte_at(text, 0) & 0xf8) != 0xf0) return std::nullopt;
    const auto bits = continued(text.substr(1, 3));
    if (!bits) return std::nullopt;
    const std::uint32_t code = (byte_at(text, 0) & 0x07u) << 18 | *bits;
    return code >= 0x10000 && code <= 0x10ffff ? std::optional{code} : std::nullopt;
}

// One half of a pair: `first` is 0xd800 or 0xdc00.
std::optional<std::uint32_t> surrogate(std::string_view bytes, std::uint32_t first) {
    if (byte_at(bytes, 0) != 0xed) return std::nullopt;
    const auto bits = continued(bytes.substr(1, 2));
    const std::uint32_t unit = 0xd000 | bits.value_or(0);
    return bits && (unit & 0xfc00) == first ? std::optional{unit & 0x3ffu} : std::nullopt;
}

// The character of two surrogates that the bytes begin with.
std::optional<std::uint32_t> surrogates(std::string_view bytes) {
    if (bytes.size() < 6) return std::nullopt;
    const auto high = surrogate(bytes, 0xd800);
    const auto low = surrogate(bytes.substr(3), 0xdc00);
    return high && low ? std::optional{0x10000 + (*high << 10 | *low)} : std::nullopt;
}

}  // namespace

std::string java_alias(std::string_view alias) {
    std::string lower = in_lower_case(alias);
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const unsigned char byte = byte_at(lower, i);
        // U+00C0 to U+00DE, which are C3 80 to C3 9E; the multiplication sign is no letter.
        if (byte >= 0x80 && byte <= 0x9e && byte != 0x97 && i > 0 &&
            byte_at(lower, i - 1) == 0xc3) {
            lower[i] = static_cast<char>(byte + 0x20);
        }
    }
    return lower;
}

std::string java_utf(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const auto code = beyond_sixteen_bits(text.substr(i))) {
            append_utf8(out, 0xd800 | ((*code - 0x10000) >> 10));
            append_utf8(out, 0xdc00 | ((*code - 0x10000) & 0x3ff));
            i += 3;
        } else if (text[i] == '\0') {
            out += kZero;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string from_java_utf(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::string_view rest = bytes.substr(i);
        if (rest.starts_with(kZero)) {
            out += '\0';
            i += 1;
        } else if (const auto code = surrogates(rest)) {
            append_utf8(out, *code);
            i += 5;
        } else {
            out += bytes[i];
        }
    }
    return out;
}

}  // namespace countersign::certs
