#include "certs/signature_checks.hpp"

#include <openssl/x509v3.h>

#include "certs/certificate.hpp"

namespace countersign::certs {
namespace {

CertificateDigest digest_of(const X509* certificate) {
    CertificateDigest digest{};
    unsigned int length = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &length);
    return digest;
}

bool is_signed_by(X509* certificate, X509* issuer) {
    EVP_PKEY* const key = X509_get0_pubkey(issuer);
    const bool verified = key != nullptr && X509_verify(certificate, key) == 1;
    drain_openssl_errors();
    return verified;
}

}  // namespace

bool KnownRoots::verifies_itself(X509* certificate) {
    const CertificateDigest digest = digest_of(certificate);
    const std::lock_guard lock{mutex_};
    const auto [known, is_new] = known_.try_emplace(digest, false);
    if (is_new) known->second = is_signed_by(certificate, certificate);
    return known->second;
}

// A certificate with extensions or a key that OpenSSL cannot read leaves its reason in the queue.
bool SignatureChecks::is_issued_by(X509* certificate, X509* issuer) {
    const bool names_it = X509_check_issued(issuer, certificate) == X509_V_OK;
    drain_openssl_errors();
    return names_it && verifies(certificate, issuer);
}

// Not by X509_check_issued: a certificate that signs itself need not be allowed to sign others.
bool SignatureChecks::is_root(X509* certificate) {
    const bool names_itself = X509_self_signed(certificate, 0) == 1;
    drain_openssl_errors();
    if (!names_itself) return false;
    return roots_ != nullptr ? roots_->verifies_itself(certificate)
                             : verifies(certificate, certificate);
}

bool SignatureChecks::verifies(X509* certificate, X509* issuer) {
    const std::pair pair{digest_of(certificate), digest_of(issuer)};
    if (const auto known = known_.find(pair); known != known_.end()) return known->second;
    exhausted_ = exhausted_ || known_.size() == most_;
    if (exhausted_) return false;
    const bool verified = is_signed_by(certificate, issuer);
    known_.emplace(pair, verified);
    return verified;
}

LoadError too_many_issuers(const X509* leaf, std::string where) {
    return {
        LoadErrorCode::too_much, std::move(where),
        "so many certificates bear the names of the issuers of '" + subject_of(leaf) +
            "' that more than " + std::to_string(SignatureChecks::kMost) +
            " signatures would have to be checked to find its chain"};
}

}  // namespace countersign::certs
