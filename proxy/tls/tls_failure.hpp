#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "profiles/danger.hpp"

namespace countersign::proxy::tls {

/// What is known of a certificate that was refused because it is revoked, or may be.
struct RevocationObjection {
    std::string source = {};  ///< "the CRL partner.crl of 'CN=Partner Root'"; empty: there is none
    std::string since = {};   ///< of a revoked one
    std::string reason = {};  ///< "key compromise"; empty where none is said
    std::string from = {};    ///< when what the source says begins …
    std::string until = {};   ///< … and ends; empty where it does not say
    std::string answer =
        {};  ///< what became of the server's OCSP answer: "the server sent no OCSP …"
    std::vector<std::string> published_at = {};  ///< where the certificate says that lists are
    /// What became of asking those that the certificate names: "http://… (OCSP): nothing listens
    /// there"; empty where nobody was asked.
    std::vector<std::string> asked = {};
    bool asks_nobody = false;  ///< it names nobody who may be asked by http
};

/// Our side did not accept the server's certificate.
struct CertificateRefused {
    int error = 0;          ///< X509_V_ERR_…
    std::string text;       ///< OpenSSL's words
    int depth = 0;          ///< of the one that was not accepted: 0 is the leaf
    bool of_trust = false;  ///< that one is in the trust, whether or not the server sent it, too
    std::string subject;    ///< of that one, as the next three are
    std::string issuer;
    std::string not_before;
    std::string not_after;
    std::string key = {};                 ///< "RSA 1024"
    std::vector<std::string> names;       ///< the leaf's subject alternative names
    std::string constraining_authority;   ///< whose name constraints it breaks …
    std::string constrained_name;         ///< … with which name; empty where that is not known
    std::vector<std::string> chain_pins;  ///< the chain's keys, where none was a pinned one
    std::optional<profiles::Danger> accepted_by = {};  ///< the switch that would have it accepted
    RevocationObjection revocation = {};               ///< where it is about that
};

/// The server sent a fatal alert.
struct AlertReceived {
    int number = 0;    ///< SSL_AD_…
    std::string name;  ///< "bad certificate"
};

/// The server ended the connection, and did not say why.
struct ServerClosed {};

/// The connection broke below TLS.
struct ConnectionReset {
    std::string text;  ///< the system's words, or OpenSSL's
};

/// The handshake is over, and the server has not seen our certificate, which the profile wants
/// (`require_client_auth`): it did not ask, or took no signature of such a key.
struct IdentityNotProven {};

/// Anything else, and what nothing more is known of: no common version, a bad record …
struct ProtocolError {
    std::string text;  ///< OpenSSL's words, or ours
};

/// What went wrong in one TLS connection, as it was found: plain facts, which `handshake_report`
/// puts into words.
struct TlsFailure {
    std::variant<
        ProtocolError, CertificateRefused, AlertReceived, ServerClosed, ConnectionReset,
        IdentityNotProven>
        cause;
    /// In TLS 1.3 the refusal of our certificate, too, comes only then.
    bool after_handshake = false;
    std::string version;  ///< "TLSv1.3", empty before the server has answered
    bool certificate_requested = false;
    bool identity_sent = false;  ///< in answer to that
    std::vector<std::string>
        accepted_issuers;  ///< the CA names of the server's certificate request, the first of them
    std::size_t issuers_named = 0;  ///< how many it has in all
    /// By which that request takes our signature, "rsa_pss_rsae_sha256", where none was made.
    std::vector<std::string> accepted_signatures = {};
};

}  // namespace countersign::proxy::tls
