#include "certs/identity.hpp"

#include <openssl/x509.h>

#include <cstddef>
#include <utility>

#include "certs/certificate.hpp"

namespace countersign::certs {
namespace {

// Equal public keys are not enough: a file changed by one bit can hold the right public key with
// another private one. What the key signs must be what the certificate verifies. RSA 2048 costs 0.3
// ms, OpenSSL's own check of a pair 29 ms.
bool proves_possession(EVP_PKEY* key, X509* leaf) {
    static constexpr unsigned char kChallenge[] = "countersign";
    std::vector<unsigned char> signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
    std::size_t length = signature.size();
    const DigestContextHandle signing{EVP_MD_CTX_new()};
    const DigestContextHandle verifying{EVP_MD_CTX_new()};
    const bool proven =
        EVP_DigestSignInit(signing.get(), nullptr, nullptr, nullptr, key) == 1 &&
        EVP_DigestSign(signing.get(), signature.data(), &length, kChallenge, sizeof kChallenge) ==
            1 &&
        EVP_DigestVerifyInit(verifying.get(), nullptr, nullptr, nullptr, X509_get0_pubkey(leaf)) ==
            1 &&
        EVP_DigestVerify(
            verifying.get(), signature.data(), length, kChallenge, sizeof kChallenge
        ) == 1;
    drain_openssl_errors();
    return proven;
}

Chain copy_of(const Chain& chain) {
    Chain copy{share(chain.certificates), {}};
    if (chain.root) copy.root = share(chain.root.get());
    return copy;
}

}  // namespace

LoadResult<Identity> Identity::from(
    PrivateKeyHandle key, X509Handle leaf, std::vector<X509Handle> others, std::string where
) {
    if (X509_check_private_key(leaf.get(), key.get()) != 1) {
        drain_openssl_errors();
        return LoadError{
            LoadErrorCode::key_mismatch, std::move(where),
            "the certificate is " + subject_of(leaf.get())};
    }
    if (!proves_possession(key.get(), leaf.get())) {
        return LoadError{
            LoadErrorCode::key_mismatch, std::move(where),
            "what it signs is not what the certificate " + subject_of(leaf.get()) +
                " verifies, though the public parts are the same; the private key is damaged"};
    }
    Identity identity;
    SignatureChecks checks;
    extend_chain(identity.chain_, leaf.get(), others, checks);
    if (checks.exhausted()) return too_many_issuers(leaf.get(), std::move(where));
    identity.subject_ = subject_of(leaf.get());
    identity.fingerprint_ = fingerprint_of(leaf.get());
    identity.lifetime_ = Lifetime::of(leaf.get());
    identity.key_ = std::move(key);
    identity.leaf_ = std::move(leaf);
    return identity;
}

Identity Identity::completed_from(X509_STORE* trust, KnownRoots& roots) const {
    Identity completed;
    completed.key_ = share(key());
    completed.leaf_ = share(leaf());
    completed.chain_ = copy_of(chain_);
    SignatureChecks checks{roots};
    extend_chain(completed.chain_, leaf(), trust, checks);
    if (checks.exhausted()) completed.chain_ = copy_of(chain_);
    completed.subject_ = subject_;
    completed.fingerprint_ = fingerprint_;
    completed.lifetime_ = lifetime_;
    return completed;
}

bool Identity::has_content_of(const Identity& other) const {
    const bool roots = root() != nullptr && other.root() != nullptr
                           ? same(chain_.root, other.root())
                           : root() == other.root();
    return roots && same(leaf_, other.leaf()) && same(chain(), other.chain());
}

}  // namespace countersign::certs
