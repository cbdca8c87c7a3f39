#pragma once

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/key_store_entries.hpp"

namespace countersign::certs {

/// PEM: the private key as PKCS#8, its certificates from the leaf upwards, then all others. The
/// keys are sealed for PEM already. Aliases are lost. Entries that were read from PEM, and what
/// stood beside them, stay as they stood.
EditResult<SecretBytes> write_pem(const KeyStoreEntries& entries);

/// One certificate after the other.
EditResult<SecretBytes> write_pem(const std::vector<X509Handle>& certificates);

}  // namespace countersign::certs
