#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"
#include "certs/error.hpp"

namespace countersign::certs {

/// What a file is that none of our readers knows, told by its first bytes: its kind, and what to do
/// to get one that is read. `where` is the file's name, for the message; `expected`, what is said
/// where nothing is known: "a private key in PEM or DER is expected".
LoadError name_stranger(ByteView bytes, const std::string& where, const std::string& expected);

/// What a text is that has blocks of PEM inside of something else: JSON, a web page. Nullopt:
/// nothing known.
std::optional<LoadError> name_document(std::string_view text, const std::string& where);

/// What the block that begins here in PEM is, where it is none of X.509: PGP's armour. Nullopt:
/// nothing known.
std::optional<LoadError> name_block(std::string_view text, const std::string& where);

}  // namespace countersign::certs
