#pragma once

#include <string>
#include <string_view>

namespace countersign::certs {

/// An alias as Java keeps it: in lower case, for it looks up no other. Letters A to Z and those of
/// Latin-1; Java's other letters stay as they are.
std::string java_alias(std::string_view alias);
/// Whether Java takes two aliases for one.
inline bool same_in_java(std::string_view a, std::string_view b) {
    return java_alias(a) == java_alias(b);
}

/// UTF-8 as Java's writeUTF writes it: a character beyond U+FFFF as two surrogates of three bytes
/// each, a zero as two bytes.
std::string java_utf(std::string_view text);

/// The way back. What Java would not have written stays as it is, so that `java_utf` of the result
/// names the same entry.
std::string from_java_utf(std::string_view bytes);

}  // namespace countersign::certs
