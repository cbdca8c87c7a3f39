#pragma once

#include <openssl/x509.h>

#include <string>

namespace countersign::proxy::tls {

/// What an OCSP responder is asked about the certificate, in DER: named by SHA-1, which all of them
/// know (RFC 5019), and without a nonce: what most send was made before anybody asked, for all, and
/// repeats none. How old an answer may be says the answer. Empty where memory is short.
std::string ocsp_request(const X509* certificate, const X509* issuer);

}  // namespace countersign::proxy::tls
