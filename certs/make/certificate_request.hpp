#pragma once

#include <chrono>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// What a certificate is to be used for.
struct Purpose {
    bool client = true;
    bool server = false;
};

/// What a certificate says by its extended key usages; a client's where it says nothing, or is
/// null.
Purpose purpose_of(const X509* certificate);

/// What a certificate shall say of its key's owner. Both ask for the key usage digitalSignature and
/// for the extended key usages of the purpose.
struct CertificateWish {
    const X509_NAME* subject = nullptr;
    const GENERAL_NAMES* names = nullptr;  ///< null: no alternative names
    Purpose purpose = {};
};

/// A certificate signing request (PKCS#10) in DER, signed by the key.
EditResult<SecretBytes> make_request(EVP_PKEY* key, const CertificateWish& wish);

/// A certificate that signs itself, for the time until the authority's reply comes: it holds the
/// place beside the key, and the request takes its names. From `now` on for `days`.
EditResult<X509Handle> make_self_signed(
    EVP_PKEY* key, const CertificateWish& wish, std::chrono::system_clock::time_point now, int days
);

}  // namespace countersign::certs
