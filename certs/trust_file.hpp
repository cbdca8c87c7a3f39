#pragma once

#include <string>
#include <vector>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// What a file, or every certificate file of a directory, gives to trust.
struct TrustedCertificates {
    std::vector<X509Handle> certificates;  ///< never empty; as found
    std::vector<std::string> notes;        ///< what was left out, and why
};

/// Reads PEM, DER, PKCS#7, JKS, JCEKS and PKCS#12, found by their bytes. Of a key store only what
/// is trusted in it counts: the certificates of its private keys are who one is, not whom one
/// trusts. Error: the first file that cannot be read, by its name; no_certificate.
LoadResult<TrustedCertificates> read_trusted(const TrustFile& file);

}  // namespace countersign::certs
