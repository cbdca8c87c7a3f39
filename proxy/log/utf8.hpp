#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::proxy {

/// Bytes of the UTF-8 sequence at the front of `text`, which is not empty; 0 where there is none
/// (overlong, a surrogate, cut short …).
std::size_t utf8_length(std::string_view text);

/// What is not UTF-8 in it becomes U+FFFD, byte by byte.
std::string with_valid_utf8(std::string_view text);

}  // namespace countersign::proxy
