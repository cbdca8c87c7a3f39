#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Puts its certificates behind each key of PEM or PKCS#12, from the leaf upwards; what is then in
/// no key's chain lies loose, none is dropped. `opened` has one place for each key, null where
/// nobody could open it: then the container's ties count, less what belongs to a key that was
/// opened, and of several certificates the one that signed none of the others.
/// Error: so many certificates could have signed each other that nobody can tell.
std::optional<LoadError> arrange_certificates(
    KeyStoreEntries& entries, const std::vector<PrivateKeyHandle>& opened, const std::string& where
);

}  // namespace countersign::certs
