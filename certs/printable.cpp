#include "certs/printable.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace countersign::certs {
namespace {

struct Character {
    std::uint32_t code_point;
    std::size_t length;  ///< in bytes; 0 where the bytes are not UTF-8
};

Character decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return {0, 0};
    std::uint32_t code_point = first & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {0, 0};
        code_point = code_point << 6 | (byte(i) & 0x3fu);
    }
    const bool overlong =
        (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (overlong || surrogate || code_point > 0x10ffff) return {0, 0};
    return {code_point, length};
}

// Unicode's C0 and C1 controls, separators, marks that reorder or hide text.
bool deceives(std::uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0xad ||
           code_point == 0x61c || (code_point >= 0x200b && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2060 && code_point <= 0x206f) || code_point == 0xfeff ||
           (code_point >= 0xe0000 && code_point <= 0xe007f);
}

void append_escaped(std::string& out, std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = decode(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.length, 1));
        if (character.length == 0 || deceives(character.code_point)) {
            append_escaped(out, bytes);
        } else {
            out += bytes;
        }
        text.remove_prefix(bytes.size());
    }
    return out;
}

std::string printable_list(const std::vector<std::string>& items, std::string_view separator) {
    constexpr std::size_t kMost = 10;
    std::string out;
    for (std::size_t i = 0; i < std::min(items.size(), kMost); ++i) {
        if (i > 0) out += separator;
        out += printable(items[i]);
    }
    if (items.size() > kMost) out += " and " + std::to_string(items.size() - kMost) + " more";
    return out;
}

std::string where_of(const std::filesystem::path& file) { return printable(file.native()); }

std::string where_of(std::string_view container, std::string_view alias) {
    std::string where{container};
    if (!alias.empty()) where += ", alias " + printable(alias);
    return where;
}

}  // namespace countersign::certs
