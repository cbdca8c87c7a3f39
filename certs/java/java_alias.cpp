#include "certs/java/java_alias.hpp"

#include <cstddef>
#include <cstdint>

namespace countersign::certs {
namespace {

void append_three_bytes(std::string& out, std::uint32_t unit) {
    out += static_cast<char>(0xe0 | unit >> 12);
    out += static_cast<char>(0x80 | (unit >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (unit & 0x3f));
}

unsigned char byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

}  // namespace

std::string java_alias(std::string_view alias) {
    std::string lower{alias};
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const unsigned char byte = byte_at(lower, i);
        if (byte >= 'A' && byte <= 'Z') lower[i] = static_cast<char>(byte - 'A' + 'a');
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
        const unsigned char byte = byte_at(text, i);
        if (byte == 0) {
            out += "\xc0\x80";
        } else if (byte >= 0xf0 && i + 3 < text.size()) {
            std::uint32_t code = byte & 0x07u;
            for (std::size_t k = 1; k <= 3; ++k) code = code << 6 | (byte_at(text, i + k) & 0x3fu);
            code -= 0x10000;
            append_three_bytes(out, 0xd800 | (code >> 10 & 0x3ff));
            append_three_bytes(out, 0xdc00 | (code & 0x3ff));
            i += 3;
        } else {
            out += static_cast<char>(byte);
        }
    }
    return out;
}

}  // namespace countersign::certs
