#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"

namespace countersign::certs {

// PEM that lost its line ends on the way: through a variable, a YAML file, an editor.

/// Where "-----BEGIN" and a blank stand, from `from` on; npos where nowhere. A control character is
/// a blank, as OpenSSL reads it.
std::size_t find_begin(std::string_view text, std::size_t from = 0);

/// UTF-8 of text in UTF-16 with a byte order mark; nullopt for other bytes.
std::optional<SecretBytes> utf8_of_marked_utf16(ByteView bytes);

/// The same blocks with their lines as they should be: each BEGIN and END on a line of its own,
/// without indentation, the two characters \n (and \r) taken for a line end, the base64 in lines of
/// 64. Nullopt where it is not clear what is meant: a block that does not end as it began, a
/// character that base64 has not, or text in front of a BEGIN on its line.
std::optional<SecretBytes> with_lines_mended(std::string_view text);

/// Which line is the first that cannot be mended, and why: "line 3 has text before its BEGIN";
/// empty where nothing is known.
std::string what_is_wrong_with_lines(std::string_view text);

}  // namespace countersign::certs
