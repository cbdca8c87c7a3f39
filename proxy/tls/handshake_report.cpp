#include "proxy/tls/handshake_report.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "certs/text/phrase.hpp"

namespace countersign::proxy {

namespace {

using certs::in_quotes;
using certs::joined;

std::string profile_name(const HandshakeFacts& facts) {
    return facts.profile.empty() ? "the profile" : "profile " + in_quotes(facts.profile);
}

void report_issuer(const TlsFailure& failure, const HandshakeFacts& facts, Failure& out) {
    const bool self_signed = failure.certificate_subject == failure.certificate_issuer;
    out.reason = "The server's certificate was not accepted: ";
    if (self_signed) {
        out.reason += in_quotes(failure.certificate_subject) + " is self-signed and not trusted.";
    } else {
        out.reason += "the issuer of " + in_quotes(failure.certificate_subject) + " is missing, " +
                      in_quotes(failure.certificate_issuer) + ".";
    }
    out.reason += " Trust searched: " + facts.trust + ".";
    out.remedy = "If this server is the right one, get the certificate of " +
                 in_quotes(failure.certificate_issuer) +
                 " from its operator by a way you trust, add it under certificates: as a "
                 "trust_store_cert, and name that record in the trust of " +
                 profile_name(facts) + ".";
    if (!self_signed) {
        out.remedy += " If that certificate is an intermediate, the server should send it itself.";
    }
}

void report_name(const TlsFailure& failure, const HandshakeFacts& facts, Failure& out) {
    out.reason = "The server's certificate was not accepted: it is not for " +
                 in_quotes(facts.server_name) + ". ";
    out.reason += failure.certificate_names.empty()
                      ? "It names no host at all (no subject alternative name)."
                      : "It is for " + joined(failure.certificate_names) + ".";
    const std::string key = facts.verify_names ? "tls.verify_names" : "tls.server_name";
    out.remedy = "Call the server by a name that its certificate has, or set " + key + " of " +
                 profile_name(facts) + " to one, if you are sure that this is the right server.";
}

/// RFC 5280 4.2.1.10.
void report_constraint(const TlsFailure& failure, Failure& out) {
    const std::string authority =
        failure.constraining_authority.empty()
            ? "an authority above it"
            : "the authority " + in_quotes(failure.constraining_authority);
    const std::string name = failure.constrained_name.empty()
                                 ? "a name of " + in_quotes(failure.certificate_subject)
                                 : "the name " + in_quotes(failure.constrained_name);
    out.reason = "The server's certificate was not accepted: " + authority;
    out.reason += failure.verify_error == X509_V_ERR_EXCLUDED_VIOLATION
                      ? " excludes " + name + " (name constraints)."
                      : " may vouch for certain names only, and " + name +
                            " is none of them (name constraints).";
    out.remedy =
        "Nothing here changes that, and somebody else may have answered. The server's operator has "
        "to get a certificate from an authority that may vouch for the name.";
}

void report_certificate(const TlsFailure& failure, const HandshakeFacts& facts, Failure& out) {
    const std::string whose = failure.verify_depth == 0 ? "The server's certificate, "
                                                        : "A certificate in the server's chain, ";
    switch (failure.verify_error) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return report_issuer(failure, facts, out);
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return report_name(failure, facts, out);
        case X509_V_ERR_EXCLUDED_VIOLATION:
        case X509_V_ERR_PERMITTED_VIOLATION:
            return report_constraint(failure, out);
        case X509_V_ERR_APPLICATION_VERIFICATION:
            out.reason =
                "The server's certificate was not accepted: none of the keys in its "
                "verified chain is one of the pins of " +
                profile_name(facts) +
                ". Its keys, the server's own first: " + joined(failure.chain_pins) + ".";
            out.remedy =
                "Somebody else may have answered. If the server's operator confirms a new "
                "key, by a way you trust, add it to tls.pins.";
            return;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            out.reason = whose + in_quotes(failure.certificate_subject) + ", expired on " +
                         failure.not_after + ".";
            out.remedy =
                "The server's operator has to renew it. If it is valid elsewhere, check "
                "this machine's clock.";
            return;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            out.reason = whose + in_quotes(failure.certificate_subject) + ", is valid only from " +
                         failure.not_before + " on.";
            out.remedy = "Check this machine's clock; if it is right, tell the server's operator.";
            return;
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            out.reason = whose + in_quotes(failure.certificate_subject) +
                         ", is too weak to be accepted (" + failure.verify_text + ").";
            out.remedy =
                "The server's operator has to replace it: RSA keys need 2048 bits, "
                "signatures SHA-256.";
            return;
        default:
            out.reason = "The server's certificate was not accepted: " + failure.verify_text +
                         " (" + in_quotes(failure.certificate_subject) + ").";
            out.remedy = "Show this to the server's operator. Trust searched: " + facts.trust + ".";
            return;
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

void report_refused_identity(const TlsFailure& failure, const HandshakeFacts& facts, Failure& out) {
    const std::string alert =
        "TLS alert " + std::to_string(failure.alert) + ", " + failure.alert_name;
    if (facts.identity.empty()) {
        out.reason = "The server refused the connection (" + alert +
                     "): it wants a client certificate, and " + profile_name(facts) +
                     " has no key_store.";
        out.remedy = "Give the profile the key_store whose certificate the server expects.";
    } else {
        out.reason = "The server refused the client certificate " + in_quotes(facts.identity) +
                     " (" + alert + ").";
        out.remedy =
            "Ask the server's operator whether this certificate is registered there, still "
            "valid, and of an issuer that it accepts; check that it is sent with its "
            "intermediates.";
    }
    out.reason += accepted_issuers(failure);
}

void report_alert(const TlsFailure& failure, const HandshakeFacts& facts, Failure& out) {
    const bool after_request = failure.after_handshake || failure.certificate_requested;
    // TLS 1.2 has no alert for "you sent none": servers say handshake failure then (RFC
    // 5246 7.4.6).
    const bool none_sent =
        failure.alert == SSL_AD_HANDSHAKE_FAILURE && after_request && facts.identity.empty();
    if (none_sent || is_about_our_certificate(failure.alert)) {
        return report_refused_identity(failure, facts, out);
    }
    const std::string alert =
        "TLS alert " + std::to_string(failure.alert) + ", " + failure.alert_name;
    out.reason = "The server ended the TLS handshake (" + alert + ").";
    switch (failure.alert) {
        case SSL_AD_HANDSHAKE_FAILURE:
            out.remedy = after_request ? "It asked for a client certificate and may not like '" +
                                             facts.identity + "', or"
                                       : "Perhaps";
            out.remedy += " the two sides share no cipher suite; its operator's log says which.";
            out.reason += accepted_issuers(failure);
            return;
        case SSL_AD_PROTOCOL_VERSION:
            out.remedy =
                "The server speaks none of the TLS versions of " + profile_name(facts) +
                "; see tls.min_version and tls.max_version. Versions before 1.2 are not supported.";
            return;
        case SSL_AD_UNRECOGNIZED_NAME:
            out.remedy = "The server does not know the name " + in_quotes(facts.server_name) +
                         "; see tls.server_name.";
            return;
        default:
            out.remedy = "The log of the server's operator says more.";
            return;
    }
}

void report_protocol(const TlsFailure& failure, const HandshakeFacts& facts, Failure& out) {
    switch (failure.kind) {
        case TlsFailure::Kind::closed:
            out.reason =
                "The server closed the connection during the TLS handshake, without saying why.";
            if (failure.certificate_requested) {
                out.reason += " It had asked for a client certificate.";
                out.reason += accepted_issuers(failure);
            }
            out.remedy =
                "Servers do this when they refuse a client certificate or a name "
                "silently; the log of its operator says more.";
            return;
        case TlsFailure::Kind::reset:
            out.reason = "The connection broke during the TLS handshake (" + failure.text + ").";
            out.remedy =
                "A firewall, or a server that does not speak TLS on this port, does this: "
                "check the port of " +
                facts.destination + ".";
            return;
        default:
            out.reason = "The TLS handshake failed: " + failure.text + ".";
            if (failure.text.find("wrong version number") != std::string::npos ||
                failure.text.find("packet length too long") != std::string::npos) {
                out.remedy = "What answered at " + facts.destination +
                             " does not speak TLS: check the port.";
            } else {
                out.remedy = "See the TLS rules of " + profile_name(facts) + ".";
            }
            return;
    }
}

}  // namespace

Failure report_handshake(const TlsFailure& failure, const HandshakeFacts& facts) {
    Failure out;
    out.side = Side::upstream;
    switch (failure.kind) {
        case TlsFailure::Kind::certificate:
            out.code = FailureCode::server_certificate;
            report_certificate(failure, facts, out);
            break;
        case TlsFailure::Kind::alert:
            out.code = FailureCode::alert_received;
            report_alert(failure, facts, out);
            break;
        case TlsFailure::Kind::closed:
        case TlsFailure::Kind::reset:
        case TlsFailure::Kind::protocol:
            out.code = FailureCode::tls_protocol;
            report_protocol(failure, facts, out);
            break;
    }
    return out;
}

}  // namespace countersign::proxy
