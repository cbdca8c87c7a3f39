#include "proxy/tls/handshake_report.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "certs/text/phrase.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::in_quotes;
using certs::joined;

std::string profile_name(const HandshakeFacts& facts) {
    return facts.profile.empty() ? "the profile" : "profile " + in_quotes(facts.profile);
}

Failure not_accepted(const std::string& why, std::string remedy, std::string_view brief = {}) {
    return Failure::of_upstream(
        FailureCode::server_certificate, "The server's certificate was not accepted: " + why,
        std::move(remedy), brief
    );
}

Failure report_issuer(const CertificateRefused& refused, const HandshakeFacts& facts) {
    const std::string subject = in_quotes(refused.subject);
    const std::string issuer = in_quotes(refused.issuer);
    const bool self_signed = refused.subject == refused.issuer;
    return not_accepted(
        (self_signed ? subject + " is self-signed and not trusted."
                     : "the issuer of " + subject + " is missing, " + issuer + ".") +
            " Trust searched: " + facts.trust + ".",
        "If this server is the right one, get the certificate of " + issuer +
            " from its operator by a way you trust, add it under certificates: as a "
            "trust_store_cert, and name that record in the trust of " +
            profile_name(facts) + "." +
            (self_signed ? ""
                         : " If that certificate is an intermediate, the server should send it "
                           "itself."),
        self_signed ? "certificate of {} not accepted: self-signed"
                    : "certificate of {} not accepted: unknown issuer"
    );
}

Failure report_name(const CertificateRefused& refused, const HandshakeFacts& facts) {
    if (refused.names.empty()) {
        return not_accepted(
            "it names no host at all (no subject alternative name), and so is not for " +
                in_quotes(facts.server_name) + ".",
            "The server's operator has to get a certificate with the server's name among its "
            "subject alternative names; a common name does not count.",
            "certificate of {} names no host"
        );
    }
    const std::string key = facts.verify_names ? "tls.verify_names" : "tls.server_name";
    return not_accepted(
        "it is not for " + in_quotes(facts.server_name) + ". It is for " + joined(refused.names) +
            ".",
        "Call the server by a name that its certificate has, or set " + key + " of " +
            profile_name(facts) + " to one, if you are sure that this is the right server.",
        "certificate of {} is for another name"
    );
}

/// RFC 5280 4.2.1.10.
Failure report_constraint(const CertificateRefused& refused) {
    const std::string authority =
        refused.constraining_authority.empty()
            ? "an authority above it"
            : "the authority " + in_quotes(refused.constraining_authority);
    const std::string name = refused.constrained_name.empty()
                                 ? "a name of " + in_quotes(refused.subject)
                                 : "the name " + in_quotes(refused.constrained_name);
    return not_accepted(
        authority + (refused.error == X509_V_ERR_EXCLUDED_VIOLATION
                         ? " excludes " + name + " (name constraints)."
                         : " may vouch for certain names only, and " + name +
                               " is none of them (name constraints)."),
        "Nothing here changes that, and somebody else may have answered. The server's operator has "
        "to get a certificate from an authority that may vouch for the name.",
        "certificate of {} breaks its authority's name constraints"
    );
}

Failure report_pins(const CertificateRefused& refused, const HandshakeFacts& facts) {
    return not_accepted(
        "none of the keys in its verified chain is one of the pins of " + profile_name(facts) +
            ". Its keys, the server's own first: " + joined(refused.chain_pins) + ".",
        "Somebody else may have answered. If the server's operator confirms a new key, by a way "
        "you trust, add it to tls.pins.",
        "certificate of {} has no pinned key"
    );
}

/// `what`: of the one certificate, after its subject.
Failure report_own_fault(
    const CertificateRefused& refused, const std::string& what, std::string remedy,
    std::string_view brief
) {
    const std::string whose =
        refused.depth == 0 ? "The server's certificate, " : "A certificate in the server's chain, ";
    return Failure::of_upstream(
        FailureCode::server_certificate, whose + in_quotes(refused.subject) + ", " + what + ".",
        std::move(remedy), brief
    );
}

Failure report_certificate(const CertificateRefused& refused, const HandshakeFacts& facts) {
    switch (refused.error) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return report_issuer(refused, facts);
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return report_name(refused, facts);
        case X509_V_ERR_EXCLUDED_VIOLATION:
        case X509_V_ERR_PERMITTED_VIOLATION:
            return report_constraint(refused);
        case X509_V_ERR_APPLICATION_VERIFICATION:
            return report_pins(refused, facts);
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return report_own_fault(
                refused, "expired on " + refused.not_after,
                "The server's operator has to renew it. If it is valid elsewhere, check this "
                "machine's clock.",
                "certificate of {} has expired"
            );
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return report_own_fault(
                refused, "is valid only from " + refused.not_before + " on",
                "Check this machine's clock; if it is right, tell the server's operator.",
                "certificate of {} is not yet valid"
            );
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return report_own_fault(
                refused, "is too weak to be accepted (" + refused.text + ")",
                "The server's operator has to replace it: RSA keys need 2048 bits, signatures "
                "SHA-256.",
                "certificate of {} is too weak"
            );
        default:
            return not_accepted(
                refused.text + " (" + in_quotes(refused.subject) + ").",
                "Show this to the server's operator. Trust searched: " + facts.trust + "."
            );
    }
}

/// RFC 8446 6.2: the alerts with which a server says that it does not like our certificate, or that
/// we sent none.
bool is_about_our_certificate(int alert) {
    switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

std::string accepted_issuers(const TlsFailure& failure) {
    if (failure.accepted_issuers.empty()) return "";
    return " It says that it accepts certificates of: " + joined(failure.accepted_issuers) + ".";
}

std::string alert_text(const AlertReceived& alert) {
    return "TLS alert " + std::to_string(alert.number) + ", " + alert.name;
}

Failure report_refused_identity(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    if (facts.identity.empty()) {
        return Failure::of_upstream(
            FailureCode::alert_received,
            "The server refused the connection (" + alert_text(alert) +
                "): it wants a client certificate, and " + profile_name(facts) +
                " has no key_store." + accepted_issuers(failure),
            "Give the profile the key_store whose certificate the server expects.",
            "client certificate wanted by {}, and the profile has none"
        );
    }
    return Failure::of_upstream(
        FailureCode::alert_received,
        "The server refused the client certificate " + in_quotes(facts.identity) + " (" +
            alert_text(alert) + ")." + accepted_issuers(failure),
        "Ask the server's operator whether this certificate is registered there, still valid, and "
        "of an issuer that it accepts; check that it is sent with its intermediates.",
        "client certificate refused by {}"
    );
}

/// `more`: after the alert itself, after a space.
Failure report_ended(const AlertReceived& alert, std::string remedy, const std::string& more = {}) {
    return Failure::of_upstream(
        FailureCode::alert_received,
        "The server ended the TLS handshake (" + alert_text(alert) + ")." + more, std::move(remedy)
    );
}

Failure report_alert(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    const bool after_request = failure.after_handshake || failure.certificate_requested;
    // TLS 1.2 has no alert for "you sent none": servers say handshake failure then (RFC
    // 5246 7.4.6).
    const bool none_sent =
        alert.number == SSL_AD_HANDSHAKE_FAILURE && after_request && facts.identity.empty();
    if (none_sent || is_about_our_certificate(alert.number)) {
        return report_refused_identity(alert, failure, facts);
    }
    switch (alert.number) {
        case SSL_AD_HANDSHAKE_FAILURE:
            return report_ended(
                alert,
                (after_request ? "It asked for a client certificate and may not like '" +
                                     facts.identity + "', or"
                               : "Perhaps") +
                    " the two sides share no cipher suite; its operator's log says which.",
                accepted_issuers(failure)
            );
        case SSL_AD_PROTOCOL_VERSION:
            return report_ended(
                alert, "The server speaks none of the TLS versions of " + profile_name(facts) +
                           "; see tls.min_version and tls.max_version. Versions before 1.2 are not "
                           "supported."
            );
        case SSL_AD_UNRECOGNIZED_NAME:
            return report_ended(
                alert, "The server does not know the name " + in_quotes(facts.server_name) +
                           "; see tls.server_name."
            );
        default:
            return report_ended(alert, "The log of the server's operator says more.");
    }
}

Failure report_closed(const TlsFailure& failure) {
    return Failure::of_upstream(
        FailureCode::tls_protocol,
        "The server closed the connection during the TLS handshake, without saying why." +
            (failure.certificate_requested
                 ? " It had asked for a client certificate." + accepted_issuers(failure)
                 : ""),
        "Servers do this when they refuse a client certificate or a name silently; the log of its "
        "operator says more.",
        "connection closed by {} during the TLS handshake"
    );
}

Failure report_reset(const ConnectionReset& reset, const HandshakeFacts& facts) {
    return Failure::of_upstream(
        FailureCode::tls_protocol,
        "The connection broke during the TLS handshake (" + reset.text + ").",
        "A firewall, or a server that does not speak TLS on this port, does this: check the port "
        "of " +
            facts.destination + ".",
        "connection to {} broke during the TLS handshake"
    );
}

Failure report_protocol(const ProtocolError& error, const HandshakeFacts& facts) {
    const bool no_tls = error.text.find("wrong version number") != std::string::npos ||
                        error.text.find("packet length too long") != std::string::npos;
    return Failure::of_upstream(
        FailureCode::tls_protocol, "The TLS handshake failed: " + error.text + ".",
        no_tls ? "What answered at " + facts.destination + " does not speak TLS: check the port."
               : "See the TLS rules of " + profile_name(facts) + ".",
        no_tls ? "what answers at {} does not speak TLS" : ""
    );
}

/// The words for each cause: one that has none does not compile.
struct Report {
    const TlsFailure& failure;
    const HandshakeFacts& facts;

    Failure operator()(const CertificateRefused& refused) const {
        return report_certificate(refused, facts);
    }
    Failure operator()(const AlertReceived& alert) const {
        return report_alert(alert, failure, facts)
            .by_alert(static_cast<std::uint8_t>(alert.number));
    }
    Failure operator()(const ServerClosed&) const { return report_closed(failure); }
    Failure operator()(const ConnectionReset& reset) const { return report_reset(reset, facts); }
    Failure operator()(const ProtocolError& error) const { return report_protocol(error, facts); }
};

}  // namespace

Failure report_handshake(const TlsFailure& failure, const HandshakeFacts& facts) {
    return std::visit(Report{failure, facts}, failure.cause);
}

}  // namespace countersign::proxy::tls
