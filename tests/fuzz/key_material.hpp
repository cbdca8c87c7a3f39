#pragma once

#include <optional>

#include "certs/bytes.hpp"
#include "certs/key_store.hpp"

namespace countersign::fuzz {

/// The password of every store in the corpus.
const std::optional<certs::Secret>& password();

/// Takes what a reader gave through everything that the program does with it: opens the keys, says
/// the certificates in words, makes identities; requires what must hold of each. The outcome of
/// one reader, as an error, is looked at too.
void check_entries(certs::LoadResult<certs::KeyStoreEntries> entries);

/// Takes the bytes for a store that a command changes: reads it, and, where that is possible,
/// writes it again as it is; requires that what is written is what was read. A password costs a
/// hundred thousand iterations in PKCS#12.
void check_draft(certs::ByteView bytes, const std::optional<certs::Secret>& store_password);

/// A text that goes into a log: one line, and UTF-8.
void check_text(std::string_view text);

}  // namespace countersign::fuzz
