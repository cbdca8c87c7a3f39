#pragma once

#include <optional>
#include <string>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Whether the bytes begin as a PKCS#12 does, and no certificate does: a SEQUENCE with the number 3
/// in front.
bool is_pkcs12(ByteView bytes);

/// Reads PKCS#12 as OpenSSL, Java, Windows and cert-manager write it, with modern and legacy
/// algorithms, with and without a password or a MAC. Keys stay sealed. Friendly names are the
/// aliases; a key without one is called by its number, as Java does. Certificates with Java's mark
/// for trusted ones are trusted entries, not part of a chain.
LoadResult<KeyStoreEntries> read_pkcs12(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
);

}  // namespace countersign::certs
