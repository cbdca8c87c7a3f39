#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/identity.hpp"
#include "certs/lifetime.hpp"
#include "certs/trust_store.hpp"
#include "profiles/certificate_record.hpp"

namespace countersign::proxy::generation {

/// What a certificate is to the record that brought it in: ours, above ours, or trusted.
enum class CertificateRole { leaf, chain, trusted };

std::string_view to_text(CertificateRole role);

/// How long one certificate lasts, as plain data: written down once a load, and asked with the time
/// of whoever asks.
struct CertificateTerm {
    std::string record;
    CertificateRole role = CertificateRole::leaf;
    std::string subject;
    std::string fingerprint;  ///< SHA-256, lower-case hexadecimal
    certs::Lifetime life;
    std::chrono::hours warn_before{};
    std::string where = {};        ///< of the record, in the configuration; may be empty
    std::string file = {};         ///< leaf: that it stands in
    std::string renewal = {};      ///< leaf: what to do when it has ended, in sentences
    std::string serial = {};       ///< hexadecimal, lower-case
    bool for_admin_alone = false;  ///< leaf: no profile presents it
};

/// Whole days until it ends, rounded down: negative once it has.
std::int64_t days_left(const CertificateTerm& term, std::chrono::system_clock::time_point now);

/// The certificates of one record, leaf upwards or as trusted. A root that is not sent is left out:
/// nobody looks at its dates. `renewal`: how the leaf is renewed.
std::vector<CertificateTerm> terms_of(
    const profiles::CertificateRecord& record, const certs::Identity& identity, std::string renewal
);
std::vector<CertificateTerm> terms_of(
    const profiles::CertificateRecord& record, const certs::TrustStore& trust
);

/// One sentence about a certificate that ends, has ended or has not begun. Grave: something does
/// not work now.
struct ExpiryFinding {
    bool grave = false;
    std::string sentence;
};

/// What is to be said at `now`, in the order of the records. Of a record's trusted certificates the
/// first few are named and the rest counted: a bundle of authorities always has some that end.
std::vector<ExpiryFinding> expiry_findings(
    const std::vector<CertificateTerm>& terms, std::chrono::system_clock::time_point now
);

/// Writes them into the log: what is grave as an error, the rest as a warning.
void log_expiry(
    const std::vector<CertificateTerm>& terms, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::generation
