#include "certs/printable.hpp"

#include <algorithm>
#include <cstddef>

#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

// Unicode's C0 and C1 controls, separators, marks that reorder or hide text.
bool deceives(char32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0xad ||
           code_point == 0x61c || (code_point >= 0x200b && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2060 && code_point <= 0x206f) || code_point == 0xfeff ||
           (code_point >= 0xe0000 && code_point <= 0xe007f);
}

void append_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        out += "\\x";
        append_hex(out, static_cast<unsigned char>(c));
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Utf8Character character = decode_utf8(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(character.length, 1));
        if (character.length == 0 || deceives(character.code)) {
            append_escaped(out, bytes);
        } else {
            out += bytes;
        }
        text.remove_prefix(bytes.size());
    }
    return out;
}

std::string printable_list(
    const std::vector<std::string>& items, std::string_view separator, std::size_t most
) {
    std::string out;
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
        if (i > 0) out += separator;
        out += printable(items[i]);
    }
    if (items.size() > most) out += " and " + std::to_string(items.size() - most) + " more";
    return out;
}

std::string where_of(const std::filesystem::path& file) { return printable(file.native()); }

std::string where_of(std::string_view container, std::string_view alias) {
    std::string where{container};
    if (!alias.empty()) where += ", alias " + printable(alias);
    return where;
}

}  // namespace countersign::certs
