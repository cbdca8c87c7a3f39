#pragma once

#include <openssl/types.h>

namespace countersign::proxy::tls {

/// The derivation of secrets and keys in TLS 1.3 (RFC 8446, 7.1) as a provider offers it: what
/// OpenSSL calls TLS13-KDF, with the parameters that libssl gives it. A handshake derives some
/// twenty-five times. For each, OpenSSL 3.0's own looks up the digest and HMAC by name, makes a
/// context for either and copies all that it is given: 2.1 µs with SHA-256, of which 0.4 are left
/// where each thread keeps one context for a digest. That holds no secret between two calls.
const OSSL_DISPATCH* key_schedule();

}  // namespace countersign::proxy::tls
