#pragma once

#include <openssl/x509.h>

namespace countersign::proxy::tls {

/// Whether a certificate has issued another: by its names, and by its signature. Says nothing of
/// whether it may.
bool has_issued(X509* issuer, X509* certificate);
/// Whether it bears its own name as its issuer's.
bool signs_itself(X509* certificate);

}  // namespace countersign::proxy::tls
