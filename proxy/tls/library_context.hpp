#pragma once

#include <openssl/types.h>

namespace countersign::proxy::tls {

/// The library context in which TLS towards servers runs, for the life of the process: OpenSSL's
/// default provider, without what TLS does not need. OpenSSL 3.0 looks through all that a context
/// offers for every key, the public key of each certificate in a handshake above all; with a tenth
/// of the decoders, and of the names, a full handshake costs a quarter less. Null, which is the
/// default context: with a later OpenSSL, and where the operator has configured other providers
/// (FIPS): those decide alone.
OSSL_LIB_CTX* library_context();

}  // namespace countersign::proxy::tls
