#pragma once

#include <string>
#include <string_view>

namespace countersign::proxy::commands {

/// A text as troff prints it, character for character: a hyphen can be copied from the page as what
/// it is, and what is not ASCII is named by its code point. Where it stands at the beginning of a
/// line, a full stop is no request. Line ends stay.
std::string troff(std::string_view text);
std::string troff_bold(std::string_view text);
std::string troff_italic(std::string_view text);

/// Lines as they are, between .EX and .EE.
std::string troff_example(std::string_view text);

}  // namespace countersign::proxy::commands
