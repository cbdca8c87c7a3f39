#pragma once

#include <openssl/x509_vfy.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

#include "certs/crl_set.hpp"
#include "certs/openssl_handle.hpp"
#include "profiles/profile.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// Which revocation lists were found to be signed by which authorities: the signature over a long
/// list costs more than a handshake, and lists do not change. For the lists of one TlsContext. Not
/// shared between threads.
class ProvenLists {
public:
    /// Whether the authority has signed the list, and may.
    bool proves(const certs::Crl& crl, X509* issuer);

private:
    struct Entry {
        const certs::Crl* crl = nullptr;
        certs::X509Handle issuer;
    };
    static constexpr std::size_t kKept = 8;
    std::array<Entry, kKept> entries_;
    std::size_t next_ = 0;
};

/// A certificate of a chain of which no list of today says whether it is revoked.
struct OpenCertificate {
    int depth = 0;
    int error = X509_V_OK;  ///< X509_V_ERR_…: what `hard` has against it
    RevocationObjection objection = {};
};

/// What is known of the revocation of a chain's certificates.
struct RevocationVerdict {
    using Time = std::chrono::system_clock::time_point;

    int error = X509_V_OK;  ///< X509_V_ERR_…: why it is not accepted
    int depth = 0;          ///< of the certificate that is not
    RevocationObjection objection = {};
    Time known_until = Time::max();  ///< how long what is known stands; with `hard` alone
    /// Those that somebody else may still be asked about, by either rule, leaf first; none where
    /// one is revoked.
    std::vector<OpenCertificate> open = {};

    /// Whether it is not accepted for the server's own certificate alone, of which nothing is
    /// known: that an OCSP answer may still say.
    bool is_open() const {
        return depth == 0 && error != X509_V_OK && error != X509_V_ERR_CERT_REVOKED;
    }
};

/// Asks the lists (null: there are none) about each certificate of a verified chain but the trusted
/// one. Of an authority's lists the latest that is about the certificate counts. `hard` refuses
/// where there is none, or none of today; `soft` passes then, but what an old list has is still
/// revoked. Of what is wrong the gravest is told: what is revoked, then an authority of which
/// nothing is known.
RevocationVerdict ask_lists(
    const STACK_OF(X509) * chain, const certs::CrlSet* lists, profiles::RevocationRule rule,
    ProvenLists& proven, RevocationVerdict::Time now
);

/// The same by `hard`, of one certificate.
RevocationVerdict ask_lists_about(
    X509* certificate, X509* issuer, const certs::CrlSet& lists, RevocationVerdict::Time now
);

}  // namespace countersign::proxy::tls
