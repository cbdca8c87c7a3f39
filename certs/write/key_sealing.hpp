#pragma once

#include <optional>

#include "certs/edit/container.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/sealed_key.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// How often PKCS#12 and encrypted PEM hash a password: ten times what Java 17 writes, at a cost of
/// some hundredths of a second each time such a store is opened.
inline constexpr int kWrittenIterations = 100'000;

/// The key in the form that the container keeps: Java's own protection in JKS and JCEKS, PBES2 with
/// AES-256-CBC and HMAC-SHA-256 in PKCS#12 and PEM. Without a password the last two keep it in the
/// clear, the first two cannot.
EditResult<SealedKey> seal_key(
    const EVP_PKEY* key, Container container, const std::optional<Secret>& password
);

/// Whether the container's file may hold the key as it is sealed.
bool is_native(const SealedKey& key, Container container);

}  // namespace countersign::certs
