#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"
#include "proxy/tls/revocation.hpp"

namespace countersign::proxy::tls {

/// What an OCSP answer says of a certificate: one that its server has brought (RFC 6066 8), or one
/// that was fetched.
struct Staple {
    using Time = std::chrono::system_clock::time_point;
    enum class Status {
        none,      ///< it brought none
        unusable,  ///< what it brought is no answer, or not its authority's
        unknown,   ///< the authority does not know the certificate
        stale,     ///< it was good: the answer is not of today
        good,
        revoked,  ///< whether or not the answer is of today
    };

    Status status = Status::none;
    std::string text;    ///< what is wrong with it: "the OCSP answer that the server sent …"
    std::string since;   ///< of a revoked one
    std::string reason;  ///< "key compromise"; empty where none is said
    Time until = Time::max();  ///< of a good one
};

/// How an OCSP answer came.
struct AnswerOrigin {
    std::string_view name;  ///< "the OCSP answer that the server sent"
    /// How long one that names no end holds after it was made: not at all.
    std::chrono::seconds endless{0};
};

/// An OCSP answer is believed where the certificate's issuer has signed it, or a certificate that
/// it has issued for signing OCSP answers.
Staple look_at_answer(
    certs::ByteView der, X509* certificate, X509* issuer, Staple::Time now,
    const AnswerOrigin& origin
);
/// The same of the server's own. `der`: empty where there is none.
Staple look_at_staple(certs::ByteView der, X509* leaf, X509* issuer, Staple::Time now);

/// What is known of a chain with the answer, where it was `known` without.
RevocationVerdict with_staple(RevocationVerdict known, const Staple& staple, bool must_staple);

/// Whether the certificate says that its server brings an answer (RFC 7633).
bool is_must_staple(const X509* certificate);

}  // namespace countersign::proxy::tls
