#include "proxy/log/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::proxy::log {

namespace {

/// Bytes that stand for themselves.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x7F; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
}();

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
            *at++ = certs::kHexDigits[byte >> 4];
            *at++ = certs::kHexDigits[byte & 0x0F];
        } else if (const std::size_t sequence = certs::decode_utf8(text.substr(i)).length;
                   sequence != 0) {
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

}  // namespace countersign::proxy::log
