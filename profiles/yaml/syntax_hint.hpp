#pragma once

#include <string>
#include <string_view>

namespace countersign::profiles {

/// `line` and `column`: where that stands, from 1; 0: where the parser stopped.
struct SyntaxHint {
    std::string text;
    int line = 0;
    int column = 0;
};

/// What about a text is probably meant by a parser's complaint at this line and column (from 1;
/// line 0: unknown): a tab, an indentation, a space that is missing, a quote or a bracket that
/// stays open. Names lines and never what stands in them. Empty where nothing is like it. `words`:
/// the parser's.
SyntaxHint syntax_hint(std::string_view text, int line, int column, std::string_view words);

}  // namespace countersign::profiles
