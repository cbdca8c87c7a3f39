#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

using CertificateDigest = std::array<unsigned char, 32>;

/// Which certificates sign themselves, found out once for all the searches that end at the same
/// few: a thousand identities have one authority above them. Shared between threads.
class KnownRoots {
public:
    /// Whether `certificate`, which names itself as its issuer, is signed by its own key.
    bool verifies_itself(X509* certificate);

private:
    std::mutex mutex_;
    std::map<CertificateDigest, bool> known_;
};

/// Who signed whom among the certificates of one search. Each pair is checked once, however often
/// it is asked for and however often a certificate is there, and all together a bounded number of
/// times: a file may hold hundreds of authorities of one name, of which each could have signed each
/// other. Whoever searches asks at the end whether the bound was reached; what was found is not to
/// be believed then.
class SignatureChecks {
public:
    /// A tenth of a second for ECDSA P-256. What is real needs a few: only certificates that bear
    /// the issuer's name, and its key identifier where there is one, come to be checked.
    static constexpr std::size_t kMost = 1000;

    /// `chains`: that are looked for with it. Each may have its own few beside the bound.
    explicit SignatureChecks(std::size_t chains = 1) : most_{kMost + kEach * chains} {}
    /// For one chain. Asks `roots` who signs itself, and counts none of it: a chain asks it of its
    /// own few certificates alone.
    explicit SignatureChecks(KnownRoots& roots) : SignatureChecks{} { roots_ = &roots; }

    /// Whether `issuer` signed `certificate`, by name and by signature. Beyond the bound: false.
    bool is_issued_by(X509* certificate, X509* issuer);
    /// Whether a certificate is signed by its own key.
    bool is_root(X509* certificate);

    bool exhausted() const { return exhausted_; }
    /// Signatures that were checked.
    std::size_t count() const { return known_.size(); }

private:
    bool verifies(X509* certificate, X509* issuer);

    static constexpr std::size_t kEach = 16;
    std::size_t most_;
    std::map<std::pair<CertificateDigest, CertificateDigest>, bool> known_;
    KnownRoots* roots_ = nullptr;
    bool exhausted_ = false;
};

/// What is said where the bound was reached in search of the chain of `leaf`.
LoadError too_many_issuers(const X509* leaf, std::string where);

}  // namespace countersign::certs
