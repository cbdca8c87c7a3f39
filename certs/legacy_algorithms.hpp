#pragma once

#include <openssl/provider.h>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// OpenSSL's legacy algorithms (RC2, RC4, single DES) in a library context of their own, for the
/// time that one old file is read: the rest of the process, and its TLS above all, never sees them.
/// Nothing that was made in the context may outlive it; keys leave it as DER.
class LegacyAlgorithms {
public:
    /// Loads them; `context()` is null where the legacy provider is not installed.
    LegacyAlgorithms();

    OSSL_LIB_CTX* context() const { return usable_ ? context_.get() : nullptr; }

private:
    OpensslHandle<OSSL_LIB_CTX, OSSL_LIB_CTX_free> context_;
    OpensslHandle<OSSL_PROVIDER, OSSL_PROVIDER_unload> standard_;
    OpensslHandle<OSSL_PROVIDER, OSSL_PROVIDER_unload> legacy_;
    bool usable_ = false;
};

}  // namespace countersign::certs
