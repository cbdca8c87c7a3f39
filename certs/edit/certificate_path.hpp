#pragma once

#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "certs/signature_checks.hpp"

namespace countersign::certs {

/// A certificate and those above it, as they are put beside a key: with the root, where it is
/// there.
struct CertificatePath {
    std::vector<X509Handle> certificates;  ///< the leaf, its issuer, and so on
    std::string missing_issuer;            ///< who signed the last one; empty where it is a root
};

/// Follows names and signatures upwards from the leaf through `others`, in whatever order they are;
/// they may name the leaf, and the same certificate twice. A cross-signed authority leads on to the
/// root that signed it, where that is there. Where `checks` are exhausted at the end, the path is
/// not to be used.
CertificatePath find_path(X509* leaf, const std::vector<X509*>& others, SignatureChecks& checks);

/// Whether a certificate is signed by its own key.
bool is_root(X509* certificate);

}  // namespace countersign::certs
