#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::proxy::log {

/// Appends `text` as the inside of a JSON string: quotes, backslashes and control characters
/// escaped, and what is not UTF-8 replaced by U+FFFD, so that no peer can break a line of a log or
/// a report.
void append_json_text(std::string& out, std::string_view text);

/// The same into memory that has room for kMaxEscape bytes for each byte of `text`. Returns the
/// end.
char* write_json_text(char* at, std::string_view text);
constexpr std::size_t kMaxEscape = 6;

}  // namespace countersign::proxy::log
