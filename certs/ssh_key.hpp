#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/carried.hpp"
#include "certs/error.hpp"

namespace countersign::certs {

// Private keys of OpenSSH and PuTTY: they are named, with the command that converts them, and not
// read. What that command can do depends on the kind of the key.

/// The label of OpenSSH's own form in PEM.
inline constexpr std::string_view kOpensshLabel = "OPENSSH PRIVATE KEY";

bool has_openssh_key(const std::vector<PemPiece>& pieces);

/// A file whose private key is in OpenSSH's own form, and none in another. `pieces`: all of it.
LoadError only_openssh_key(const std::vector<PemPiece>& pieces, const std::string& where);

/// What to do with a file of PuTTY's, which begins with "PuTTY-User-Key-File-".
std::string remedy_for_putty(std::string_view text, const std::string& where);

}  // namespace countersign::certs
