#pragma once

#include <vector>

#include "certs/openssl_handle.hpp"
#include "certs/signature_checks.hpp"

namespace countersign::certs {

/// What stands above a certificate: the issuers in order, each the signer of the one before it, and
/// the root that signs itself, where it was found. No certificate comes twice.
struct Chain {
    std::vector<X509Handle> certificates;  ///< without the root
    X509Handle root;                       ///< null where it is not known, or the leaf signs itself

    /// The topmost that is known; `leaf` itself where there is none.
    X509* top(X509* leaf) const;
};

/// Goes on upwards from where `chain` ends, with issuers out of `others`, in whatever order they
/// are. An issuer is who bears the name and whose key verifies the signature. Of several the one
/// that leads further up, then the one that lasts longest. Where `checks` are exhausted at the end,
/// the chain is not to be used.
void extend_chain(
    Chain& chain, X509* leaf, const std::vector<X509Handle>& others, SignatureChecks& checks
);

/// The same with issuers out of a trust store, its directories looked up by name.
void extend_chain(Chain& chain, X509* leaf, X509_STORE* trust, SignatureChecks& checks);

}  // namespace countersign::certs
