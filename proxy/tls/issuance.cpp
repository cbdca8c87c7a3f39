#include "proxy/tls/issuance.hpp"

#include <openssl/x509v3.h>

#include "certs/error.hpp"

namespace countersign::proxy::tls {

bool has_issued(X509* issuer, X509* certificate) {
    const bool issued = X509_check_issued(issuer, certificate) == X509_V_OK &&
                        X509_verify(certificate, X509_get0_pubkey(issuer)) == 1;
    certs::drain_openssl_errors();
    return issued;
}

bool signs_itself(X509* certificate) { return X509_self_signed(certificate, 0) == 1; }

}  // namespace countersign::proxy::tls
