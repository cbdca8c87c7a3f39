#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"

namespace countersign::certs {

/// Which private key of a store is meant: the one of that alias, compared without case as keytool
/// does, or the only one. An index into `entries.keys`. Error: no_private_key, alias_missing,
/// alias_needed, with what `audience` can do.
LoadResult<std::size_t> choose_key(
    const KeyStoreEntries& entries, const std::optional<std::string>& alias,
    const std::string& where, Audience audience
);

/// Which certificate goes with the key: the one with its public key. Of several (a renewal that was
/// appended) one that an authority signed, and then the one that lasts longest. Nullopt where none
/// fits.
std::optional<std::size_t> choose_leaf(
    const std::vector<X509Handle>& certificates, const EVP_PKEY* key
);

/// The leaf of a key among all certificates of its store: what the container ties to the key goes
/// first, then what lies beside it. The ties of PKCS#12, local key IDs, may be shared or crossed:
/// there what is tied to another key or marked as trusted comes last, and counts too. Null where
/// none fits.
X509* find_leaf(const KeyStoreEntries& entries, const KeyEntry& entry, const EVP_PKEY* key);

}  // namespace countersign::certs
