#include "proxy/commands/manual/troff.hpp"

#include <cstdint>
#include <cstdio>

namespace countersign::proxy::commands {

namespace {

/// What troff would print as another character; empty: nothing stands for it.
std::string_view name_of_character(char c) {
    switch (c) {
        case '\\':
            return "\\e";
        case '-':
            return "\\-";
        case '\'':
            return "\\(aq";
        case '`':
            return "\\(ga";
        case '^':
            return "\\(ha";
        case '~':
            return "\\(ti";
        default:
            return {};
    }
}

/// The character that begins `text`, of more than one byte; the table's texts are UTF-8 of ours.
std::string named_by_code_point(std::string_view text, std::size_t length) {
    std::uint32_t code = static_cast<unsigned char>(text[0]) & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    char name[16];
    std::snprintf(name, sizeof name, "\\[u%04X]", code);
    return name;
}

std::size_t length_of_character(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return length <= text.size() ? length : 1;
}

}  // namespace

std::string troff(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = length_of_character(text);
        const char c = text[0];
        if (length > 1) {
            out += named_by_code_point(text, length);
        } else if (const std::string_view name = name_of_character(c); !name.empty()) {
            out += name;
        } else {
            if (c == '.' && (out.empty() || out.back() == '\n')) out += "\\&";
            out += c;
        }
        text.remove_prefix(length);
    }
    return out;
}

std::string troff_bold(std::string_view text) { return "\\fB" + troff(text) + "\\fR"; }
std::string troff_italic(std::string_view text) { return "\\fI" + troff(text) + "\\fR"; }

std::string troff_example(std::string_view text) {
    std::string out = ".EX\n" + troff(text);
    if (out.back() != '\n') out += '\n';
    return out + ".EE\n";
}

}  // namespace countersign::proxy::commands
