#pragma once

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/key_store_entries.hpp"

namespace countersign::certs {

/// The PEM file that the entries were read from, as they are now: every block that is still wanted
/// and every line between stand as they stood, byte for byte. A key that is new comes first, with
/// its chain; a new chain of a key that was there takes the place of the first certificate; other
/// certificates that are new stand at the end.
EditResult<SecretBytes> rewrite_pem(const KeyStoreEntries& entries);

}  // namespace countersign::certs
