#include "proxy/tls/handshake_report.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "certs/text/phrase.hpp"
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

std::string alert_text(const AlertReceived& alert) {
    return "TLS alert " + std::to_string(alert.number) + ", " + alert.name;
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
                ", which was not sent." + accepted_issuers(failure),
            remedy_for_no_identity(facts),
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
            remedy_for_no_identity(facts), "client certificate wanted by {}, which has no profile"
        );
    }
    return Failure::of_proxy(
        FailureCode::alert_received,
        refused + "it wants a client certificate, and " + profile_name(facts) +
            " has no key_store." + accepted_issuers(failure),
        remedy_for_no_identity(facts), "client certificate wanted by {}, and the profile has none"
    );
}

Failure report_refused_identity(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    const bool others = accepts_other_issuers(failure, facts);
    return Failure::of_upstream(
        FailureCode::alert_received,
        "The server refused the client certificate " + in_quotes(facts.identity) + " (" +
            alert_text(alert) + ")." + accepted_issuers(failure) + other_issuers(failure, facts),
        others ? "Use a key store with a certificate of an authority that the server accepts, or "
                 "ask its operator to accept the authority of this one."
               : "Ask the server's operator whether this certificate is registered there and not "
                 "revoked, and which authorities it accepts. Whether an intermediate is missing "
                 "in the key store is told by: countersign keystore lint FILE",
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
                takes_no_signature(facts) + wanted + accepted_issuers(failure),
            remedy_for_no_identity(facts), "no certificate sent to {}, which had asked for one"
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

/// `more`: after the alert itself, after a space.
Failure report_ended(
    const AlertReceived& alert, std::string remedy, const std::string& more = {},
    std::string_view brief = {}
) {
    return Failure::of_upstream(
        FailureCode::alert_received,
        "The server ended the TLS handshake (" + alert_text(alert) + ")." + more, std::move(remedy),
        brief
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
    switch (alert.number) {
        case SSL_AD_HANDSHAKE_FAILURE:
            return report_ended(
                alert,
                (after_request ? "It asked for a client certificate and may not like '" +
                                     facts.identity + "', or"
                               : "Perhaps") +
                    " the two sides share no cipher suite; its operator's log says which.",
                accepted_issuers(failure) + nothing_announced(facts) + limits(facts)
            );
        case SSL_AD_PROTOCOL_VERSION:
            return report_ended(alert, version_remedy(facts), versions_offered(facts), kNoVersion);
        case SSL_AD_UNRECOGNIZED_NAME:
            if (!facts.announced) {
                return report_ended(
                    alert, remedy_for_nothing_announced(facts), nothing_announced(facts)
                );
            }
            return report_ended(
                alert, "The server does not know the name " + in_quotes(facts.server_name) +
                           ". Ask its operator for the name that it expects, and set tls: { "
                           "server_name: NAME } in " +
                           profile_name(facts) + "."
            );
        default:
            return report_ended(alert, "The log of the server's operator says more.");
    }
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
    Failure operator()(const ProtocolError& error) const { return report_protocol(error, facts); }
};

}  // namespace

Failure report_handshake(const TlsFailure& failure, const HandshakeFacts& facts) {
    return std::visit(Report{failure, facts}, failure.cause);
}

}  // namespace countersign::proxy::tls
