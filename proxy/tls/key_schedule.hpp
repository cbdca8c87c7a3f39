#pragma once

#include <openssl/types.h>

namespace countersign::proxy::tls {

/// The derivation of secrets and keys in TLS 1.3 (RFC 8446, 7.1) as a provider offers it: what
/// OpenSSL calls TLS13-KDF, with the parameters that libssl gives it. For each of the many of a
/// handshake, OpenSSL 3.0's own looks up the digest and HMAC by name, makes a context for either
/// and copies all that it is given. Here each thread keeps one context for a digest, which holds no
/// secret between two calls.
const OSSL_DISPATCH* key_schedule();

}  // namespace countersign::proxy::tls
