#pragma once

#include <chrono>
#include <optional>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// PKCS#12 as Java 17 and OpenSSL 3 both read it: certificates under PBES2 with AES-256-CBC and
/// HMAC-SHA-256, a MAC with SHA-256, friendly names for aliases, and Java's mark on trusted
/// certificates, without which keytool does not list them. The keys are sealed for PKCS#12 already,
/// each with its leaf in front. Without a password nothing is encrypted and there is no MAC.
/// Carried bags are written as they stood, with their names and attributes; only a local key ID
/// that two keys shared, or that tied a certificate to another's key, is made anew.
EditResult<SecretBytes> write_pkcs12(
    const KeyStoreEntries& entries, const std::optional<Secret>& password,
    std::chrono::milliseconds now
);

}  // namespace countersign::certs
