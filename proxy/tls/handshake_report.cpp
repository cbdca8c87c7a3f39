#include "proxy/tls/handshake_report.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "certs/text/phrase.hpp"
#include "proxy/tls/alert_report.hpp"
#include "proxy/tls/certificate_report.hpp"
#include "proxy/tls/handshake_phrases.hpp"
#include "proxy/tls/protocol_report.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::in_quotes;
using certs::joined;

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

/// The server has asked for a certificate, and got none.
Failure report_missing_identity(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    const std::string refused = "The server refused the connection (" + alert_text(alert) + "): ";
    if (!facts.identity.empty()) {
        return Failure::of_proxy(
            FailureCode::alert_received,
            refused + "it wants a client certificate, and " + takes_no_signature(facts) +
                ", which was not sent." + accepted_signatures(failure) + accepted_issuers(failure),
            remedy_for_no_identity(failure, facts),
            limits_signatures(facts)
                ? "no certificate sent to {}: no signature algorithm in common"
                : "no certificate sent to {}: it takes no signature of such a key"
        );
    }
    if (facts.profile.empty()) {
        return Failure::of_proxy(
            FailureCode::alert_received,
            refused + "it wants a client certificate, and the host has no profile." +
                accepted_issuers(failure),
            remedy_for_no_identity(failure, facts),
            "client certificate wanted by {}, which has no profile"
        );
    }
    return Failure::of_proxy(
        FailureCode::alert_received,
        refused + "it wants a client certificate, and " + profile_name(facts) +
            " has no key_store." + accepted_issuers(failure),
        remedy_for_no_identity(failure, facts),
        "client certificate wanted by {}, and the profile has none"
    );
}

/// What an alert says of the certificate that was sent, and what may be done then (RFC 8446 6.2).
struct Refusal {
    int alert;
    std::string_view text;
    std::string_view remedy;
};
constexpr std::string_view kAskWhether =
    "Ask the server's operator whether this certificate is registered there and not revoked, and "
    "which authorities it accepts. Whether an intermediate is missing in the key store is told by: "
    "countersign keystore lint FILE";
constexpr Refusal kRefusals[] = {
    {SSL_AD_BAD_CERTIFICATE, "It finds a fault in it, or in one above it.",
     "What servers find fault with is told by: countersign keystore lint FILE. Otherwise ask the "
     "server's operator what the server's log says of it."},
    {SSL_AD_UNSUPPORTED_CERTIFICATE, "It is of a kind that the server does not take.",
     "Whether it is for clients (extended key usage clientAuth) is told by: countersign keystore "
     "lint FILE. Otherwise ask the server's operator which kinds of certificates and keys it "
     "takes."},
    {SSL_AD_CERTIFICATE_REVOKED, "The server says that it is revoked.",
     "Ask the authority that has issued it whether that is so, and why. If it is, get a new one: "
     "countersign keystore request --help"},
    {SSL_AD_CERTIFICATE_EXPIRED,
     "By the server's clock it has expired, or one above it; by this machine's it has not.",
     "Compare this machine's clock. What has expired in the key store is told by: countersign "
     "keystore lint FILE. Otherwise tell the server's operator: the server's clock is wrong, or an "
     "authority's certificate there has expired."},
    {SSL_AD_CERTIFICATE_UNKNOWN, "That says no more than that it cannot accept it.", kAskWhether},
    {SSL_AD_ACCESS_DENIED, "It is valid there, and not admitted.",
     "Ask the server's operator to admit this certificate, or which one is."},
};

bool is_about_its_kind(int alert) {
    return alert == SSL_AD_UNSUPPORTED_CERTIFICATE || alert == SSL_AD_BAD_CERTIFICATE ||
           alert == SSL_AD_CERTIFICATE_UNKNOWN;
}

Failure report_refused_identity(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    std::string reason = "The server refused the client certificate " + in_quotes(facts.identity) +
                         " (" + alert_text(alert) + ").";
    if (!facts.identity_for_clients && is_about_its_kind(alert.number)) {
        return Failure::of_proxy(
            FailureCode::alert_received,
            reason + " It is not for clients: its extended key usage does not have clientAuth.",
            "Use a key store with a certificate for clients. How to ask an authority for one is "
            "told "
            "by: countersign keystore lint FILE",
            "client certificate refused by {}, and is not for clients"
        );
    }
    std::string_view remedy = kAskWhether;
    const auto known = std::ranges::find(kRefusals, alert.number, &Refusal::alert);
    if (known != std::ranges::end(kRefusals)) {
        (reason += ' ') += known->text;
        remedy = known->remedy;
    }
    // Those that it names are no matter where it knows the certificate.
    if (alert.number != SSL_AD_CERTIFICATE_REVOKED && alert.number != SSL_AD_ACCESS_DENIED) {
        reason += accepted_issuers(failure) + other_issuers(failure, facts);
        if (accepts_other_issuers(failure, facts)) {
            remedy =
                "Use a key store with a certificate of an authority that the server accepts, or "
                "ask its operator to accept the authority of this one.";
        }
    }
    return Failure::of_upstream(
        FailureCode::alert_received, std::move(reason), std::string{remedy},
        "client certificate refused by {}"
    );
}

/// The server would take requests from a client that it has not asked who it is.
Failure report_not_proven(const TlsFailure& failure, const HandshakeFacts& facts) {
    const std::string wanted =
        ", and " + profile_name(facts) + " wants it to have seen one (tls.require_client_auth).";
    if (failure.certificate_requested) {
        return Failure::of_proxy(
            FailureCode::tls_protocol,
            "The server asked for a client certificate and was sent none, since it " +
                takes_no_signature(facts) + wanted + accepted_signatures(failure) +
                accepted_issuers(failure),
            remedy_for_no_identity(failure, facts),
            "no certificate sent to {}, which had asked for one"
        );
    }
    return Failure::of_upstream(
        FailureCode::tls_protocol,
        "The server finished the TLS handshake and did not ask for a client certificate" + wanted,
        "Check that this host and port are those at which the server asks for certificates. If it "
        "asks for some paths only, after the request, or needs none, remove require_client_auth "
        "from " +
            profile_name(facts) + ".",
        "client certificate not asked for by {}"
    );
}

Failure report_alert(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    const bool after_request = failure.after_handshake || failure.certificate_requested;
    const bool none_sent =
        facts.identity.empty() || (failure.certificate_requested && !failure.identity_sent);
    // TLS 1.2 has no alert for "you sent none": servers say handshake failure then (RFC
    // 5246 7.4.6).
    if (alert.number == SSL_AD_CERTIFICATE_REQUIRED ||
        (alert.number == SSL_AD_HANDSHAKE_FAILURE && after_request) ||
        is_about_our_certificate(alert.number)) {
        if (none_sent) return report_missing_identity(alert, failure, facts);
        if (failure.identity_sent && alert.number != SSL_AD_HANDSHAKE_FAILURE) {
            return report_refused_identity(alert, failure, facts);
        }
    }
    return report_ended(alert, failure, facts);
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
    Failure operator()(const ServerClosed&) const { return report_closed(failure, facts); }
    Failure operator()(const ConnectionReset& reset) const {
        return report_reset(reset, failure, facts);
    }
    Failure operator()(const IdentityNotProven&) const { return report_not_proven(failure, facts); }
    Failure operator()(const ProtocolError& error) const {
        return report_protocol(error, failure, facts);
    }
};

}  // namespace

Failure report_handshake(const TlsFailure& failure, const HandshakeFacts& facts) {
    return std::visit(Report{failure, facts}, failure.cause);
}

}  // namespace countersign::proxy::tls
