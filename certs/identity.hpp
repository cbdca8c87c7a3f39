#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "certs/chain.hpp"
#include "certs/error.hpp"
#include "certs/lifetime.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// A client identity: private key, leaf, chain. Exists only if the key is the leaf's. The chain
/// stands in order, leaf upwards, without duplicates and without the self-signed root (what is sent
/// to a server). Move-only, immutable. A time outside the leaf's validity is no reason not to
/// exist: ask `lifetime`.
class Identity {
public:
    /// `others` are certificates found beside the leaf, in any order; those that lead upwards from
    /// it become the chain, the rest is dropped. Error: key_mismatch; too_much, where too many
    /// could be issuers. `where` is for its message.
    static LoadResult<Identity> from(
        PrivateKeyHandle key, X509Handle leaf, std::vector<X509Handle> others, std::string where
    );

    /// The same identity with its chain led further up by what a trust store holds, where its own
    /// store did not have all of it. As it was, where too many there could be issuers.
    Identity completed_from(X509_STORE* trust, KnownRoots& roots) const;

    EVP_PKEY* key() const { return key_.get(); }
    X509* leaf() const { return leaf_.get(); }
    const std::vector<X509Handle>& chain() const { return chain_.certificates; }
    /// The self-signed root above the chain, where it is known; else null. Servers have it, so it
    /// is sent only to who asks for it.
    X509* root() const { return chain_.root.get(); }

    const std::string& subject() const { return subject_; }
    const std::string& fingerprint() const {
        return fingerprint_;
    }  ///< of the leaf: fingerprint_of
    std::chrono::system_clock::time_point not_before() const { return lifetime_.not_before; }
    std::chrono::system_clock::time_point not_after() const { return lifetime_.not_after; }
    const Lifetime& lifetime() const { return lifetime_; }  ///< the leaf's
    /// Whether both send the same certificates, and so have the same key.
    bool has_content_of(const Identity& other) const;

private:
    Identity() = default;

    PrivateKeyHandle key_;
    X509Handle leaf_;
    Chain chain_;
    std::string subject_;
    std::string fingerprint_;
    Lifetime lifetime_;
};

}  // namespace countersign::certs
