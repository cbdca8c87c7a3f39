#include "proxy/log/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace countersign::proxy {

namespace {

constexpr char kHex[] = "0123456789abcdef";

/// Bytes that stand for themselves.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x7F; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
}();

/// Length of the UTF-8 sequence at the front of `text` (which starts at or above 0x80), 0 where it
/// is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const std::uint8_t first = byte(0);
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(1) || !follows(2)) return 0;
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool beyond = first == 0xF4 && byte(1) > 0x8F;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

}  // namespace

char* write_json_text(char* at, std::string_view text) {
    const auto put = [&at](std::string_view piece) { at = std::ranges::copy(piece, at).out; };
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        if (kPlain[byte]) [[likely]] {
            *at++ = text[i++];
            continue;
        }
        std::size_t length = 1;
        if (byte == '"' || byte == '\\') {
            *at++ = '\\';
            *at++ = text[i];
        } else if (byte < 0x80) {
            put("\\u00");
            *at++ = kHex[byte >> 4];
            *at++ = kHex[byte & 0x0F];
        } else if (const std::size_t sequence = utf8_length(text.substr(i)); sequence != 0) {
            length = sequence;
            put(text.substr(i, length));
        } else {
            put("\\ufffd");
        }
        i += length;
    }
    return at;
}

void append_json_text(std::string& out, std::string_view text) {
    const std::size_t before = out.size();
    out.resize(before + kMaxEscape * text.size());
    const char* const end = write_json_text(out.data() + before, text);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    append_json_text(out, text);
    return out + "\"";
}

}  // namespace countersign::proxy
