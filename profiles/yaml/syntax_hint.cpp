#include "profiles/yaml/syntax_hint.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "certs/text/ascii.hpp"
#include "profiles/yaml/text.hpp"

namespace countersign::profiles {
namespace {

constexpr auto npos = std::string_view::npos;

/// One line of the text: its number, from 1, and what stands in it, without comments in lines of
/// their own and line ends.
struct Line {
    int number = 0;
    std::string_view text;

    std::size_t indentation() const { return std::min(text.find_first_not_of(" \t"), text.size()); }
    std::string_view content() const { return text.substr(indentation()); }
    bool is_blank() const { return content().empty() || content().starts_with('#'); }
    std::string name() const { return "line " + std::to_string(number); }
};

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back({static_cast<int>(lines.size()) + 1, line});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// What stands behind the dashes of a list.
std::string_view without_dashes(std::string_view content) {
    while (content.starts_with("- ")) {
        content.remove_prefix(2);
        content.remove_prefix(std::min(content.find_first_not_of(' '), content.size()));
    }
    return content;
}

bool is_key_character(char c) { return certs::is_letter(c) || c == '_' || c == '-'; }

/// Of "name:partner", "-name: partner" what stands before the space that is missing; empty for any
/// other line, as for a URL, or a host with its port.
std::string_view before_missing_space(const Line& line) {
    const auto content = line.content();
    const auto up_to = [&line](std::string_view last) {
        return line.text.substr(
            0, static_cast<std::size_t>(last.data() + last.size() - line.text.data())
        );
    };
    if (content.size() > 1 && content[0] == '-' && certs::is_letter(content[1])) {
        return up_to(content.substr(0, 1));
    }
    const auto pair = without_dashes(content);
    const auto colon = pair.find(':');
    if (colon == npos || colon == 0 || colon + 1 >= pair.size()) return {};
    const auto key = pair.substr(0, colon);
    const auto value = pair.substr(colon + 1);
    const bool is_number = value.find_first_not_of("0123456789") == npos;
    const bool lacks_space = std::ranges::all_of(key, is_key_character) && value.front() != ' ' &&
                             !value.starts_with("//") && !is_number && value.find(": ") == npos;
    return lacks_space ? up_to(pair.substr(0, colon + 1)) : std::string_view{};
}

/// How often a key ends in the line.
std::size_t colons_in(std::string_view line) {
    std::size_t count = line.ends_with(':') ? 1 : 0;
    for (auto at = line.find(": "); at != npos; at = line.find(": ", at + 1)) ++count;
    return count;
}

bool has_value(const Line& line) {
    const auto pair = without_dashes(line.content());
    const auto colon = pair.find(": ");
    return colon != npos && pair.find_first_not_of(' ', colon + 2) != npos;
}

/// Whether a quotation mark that begins a value may stand behind this character.
bool may_precede_value(char c) { return std::string_view{" [{,"}.find(c) != npos; }

/// Walks from mark to mark as far as the parser went.
struct OpenMark {
    char mark = 0;
    int line = 0;
    int column = 0;
};

/// The quote that is open at the end of these lines, or the innermost bracket; quotes over several
/// lines are read as such.
std::optional<OpenMark> open_at_end(const std::vector<Line>& lines, bool quotes) {
    std::vector<OpenMark> open;
    for (const Line& line : lines) {
        char before = ' ';
        int column = 0;
        for (const char c : line.text) {
            ++column;
            const bool in_quotes =
                !open.empty() && (open.back().mark == '"' || open.back().mark == '\'');
            if (in_quotes) {
                if (c == open.back().mark && before != '\\') open.pop_back();
            } else if (c == '#' && before == ' ') {
                break;
            } else if (((c == '"' || c == '\'') && may_precede_value(before)) || c == '[' || c == '{') {
                open.push_back({c, line.number, column});
            } else if ((c == ']' || c == '}') && !open.empty()) {
                open.pop_back();
            }
            before = c;
        }
    }
    std::erase_if(open, [quotes](const OpenMark& one) {
        return quotes != (one.mark == '"' || one.mark == '\'');
    });
    return open.empty() ? std::nullopt : std::optional{open.back()};
}

SyntaxHint unclosed_quote(const std::vector<Line>& lines) {
    const auto open = open_at_end(lines, true);
    if (!open) return {"the document ends inside of quotes"};
    const std::string mark{open->mark};
    SyntaxHint hint{
        "the quotation mark " + mark + " that begins here is never closed", open->line,
        open->column};
    std::string_view line = lines[static_cast<std::size_t>(open->line) - 1].text;
    for (; !line.empty(); line.remove_prefix(1)) {
        const auto quote = typographic_quote_in_front(line);
        if (quote.empty()) continue;
        hint.text += ": " + std::string{quote} + ", a typographic quotation mark, closes none";
        return hint;
    }
    hint.text += "; put another " + mark + " at the end of its text";
    return hint;
}

std::string unclosed_bracket(const std::vector<Line>& lines, bool list) {
    const auto open = open_at_end(lines, false);
    const std::string mark = list ? "'['" : "'{'";
    const std::string end = list ? "']'" : "'}'";
    if (!open) return "a " + mark + " is not closed by " + end;
    return "the " + mark + " in line " + std::to_string(open->line) + " is not closed by " + end;
}

bool is_about_structure(std::string_view words) {
    constexpr std::array<std::string_view, 5> kWords{
        "end of map not found", "end of sequence not found", "illegal map value",
        "illegal block entry", "illegal tab"};
    return std::ranges::any_of(kWords, [&](auto one) { return words.find(one) != npos; });
}

std::string counted_spaces(std::size_t count, std::string_view which) {
    return std::to_string(count) + " " + std::string{which} + (count == 1 ? " space" : " spaces");
}

/// Of the line at which the parser stopped and the one above.
SyntaxHint hint_about(const Line& above, const Line& line, int column) {
    for (const Line& one : {line, above}) {
        if (one.text.substr(0, one.indentation()).find('\t') == npos) continue;
        return {one.name() + " is indented with a tab; YAML takes spaces"};
    }
    for (const Line& one : {above, line}) {
        const auto before = before_missing_space(one);
        if (before.empty()) continue;
        const std::string what =
            before.ends_with('-') ? "dash; write - KEY: VALUE" : "colon; write KEY: VALUE";
        return {
            one.name() + " has no space after its " + what, one.number,
            static_cast<int>(before.size())};
    }
    const bool at_begin = static_cast<std::size_t>(column) == line.indentation() + 1;
    if (!at_begin && colons_in(line.text) > 1) {
        return {"a value with ': ' in it needs quotes"};
    }
    const auto key = above.text.size() - without_dashes(above.content()).size();
    const bool beside = line.indentation() >= above.indentation() && line.indentation() != key;
    if (above.number > 0 && beside && has_value(above)) {
        const auto own = line.indentation();
        return {
            line.name() + " begins in column " + std::to_string(own + 1) + ", but the key in " +
            above.name() + " begins in column " + std::to_string(key + 1) +
            "; keys that belong together begin in the same column: indent " + line.name() + " by " +
            (own < key ? counted_spaces(key - own, "more") : counted_spaces(own - key, "fewer"))};
    }
    if (!at_begin) return {};
    return {
        line.name() + " begins in column " + std::to_string(column) +
        ", where nothing above does that is still open; keys of one map, and dashes of one list, "
        "stand in one column"};
}

}  // namespace

SyntaxHint syntax_hint(std::string_view text, int line, int column, std::string_view words) {
    std::vector<Line> lines = lines_of(text);
    if (words.find("document indicator in scalar") != npos) return unclosed_quote(lines);
    if (line < 1) return {};
    if (words.find("flow not found") != npos) {
        lines.resize(std::min(lines.size(), static_cast<std::size_t>(line)));
        return {unclosed_bracket(lines, words.find("sequence") != npos)};
    }
    // The end of the document, behind its last line, stands for what is wrong before it.
    const auto at = std::min(static_cast<std::size_t>(line), lines.size());
    if (at == 0 || !is_about_structure(words)) return {};
    const Line& here = lines[at - 1];
    Line above;
    for (std::size_t i = at - 1; i > 0 && above.number == 0; --i) {
        if (!lines[i - 1].is_blank()) above = lines[i - 1];
    }
    return hint_about(above, here, column);
}

}  // namespace countersign::profiles
