#pragma once

#include <chrono>

#include "certs/bytes.hpp"
#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// JKS or JCEKS, version 2, as keytool writes it: aliases in lower case, since Java finds no other,
/// and the digest of the password over the whole. The keys are sealed for that container already.
/// An entry without a time of creation gets `now`. Error: an alias or a certificate that is longer
/// than the format can say.
EditResult<SecretBytes> write_java_key_store(
    const KeyStoreEntries& entries, Container container, const Secret& password,
    std::chrono::milliseconds now
);

}  // namespace countersign::certs
