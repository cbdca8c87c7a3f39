#include "certs/identity.hpp"

#include <openssl/x509v3.h>

#include <cstddef>
#include <utility>

#include "certs/certificate.hpp"

namespace countersign::certs {
namespace {

using DigestContextHandle = OpensslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;

// Real chains have three or four; what a hostile file makes of cross-signatures ends here.
constexpr std::size_t kMaxChainLength = 10;

bool is_self_signed(X509* certificate) { return X509_self_signed(certificate, 1) == 1; }

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

bool signed_by(X509* certificate, X509* issuer) {
    if (X509_check_issued(issuer, certificate) != X509_V_OK) return false;
    EVP_PKEY* const key = X509_get0_pubkey(issuer);
    return key != nullptr && X509_verify(certificate, key) == 1;
}

// A cross-signed authority comes twice, once signed by itself: the other leads further up, for
// servers that know only the older root. Of equals the one that lasts longest.
bool leads_further(const X509Handle& a, const X509Handle& b) {
    const bool a_is_root = is_self_issued(a.get());
    const bool b_is_root = is_self_issued(b.get());
    if (a_is_root != b_is_root) return b_is_root;
    return not_after_of(a.get()) > not_after_of(b.get());
}

// Takes the issuers out of `others`, one step up at a time; a certificate taken is not there a
// second time, so a circle of cross-signatures ends.
std::vector<X509Handle> chain_above(X509* leaf, std::vector<X509Handle> others) {
    std::vector<X509Handle> chain;
    std::erase_if(others, [leaf](const X509Handle& other) {
        return X509_cmp(other.get(), leaf) == 0;
    });
    X509* below = leaf;
    while (chain.size() < kMaxChainLength && !is_self_signed(below)) {
        auto issuer = others.end();
        for (auto other = others.begin(); other != others.end(); ++other) {
            if (!signed_by(below, other->get())) continue;
            if (issuer == others.end() || leads_further(*other, *issuer)) issuer = other;
        }
        if (issuer == others.end() || is_self_signed(issuer->get())) break;
        chain.push_back(std::move(*issuer));
        others.erase(issuer);
        below = chain.back().get();
    }
    drain_openssl_errors();
    return chain;
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
    identity.chain_ = chain_above(leaf.get(), std::move(others));
    identity.subject_ = subject_of(leaf.get());
    identity.not_before_ = not_before_of(leaf.get());
    identity.not_after_ = not_after_of(leaf.get());
    identity.key_ = std::move(key);
    identity.leaf_ = std::move(leaf);
    return identity;
}

Validity Identity::validity(std::chrono::system_clock::time_point now) const {
    if (now < not_before_) return Validity::not_yet;
    if (now > not_after_) return Validity::expired;
    return Validity::valid;
}

}  // namespace countersign::certs
