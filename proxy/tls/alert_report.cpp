#include "proxy/tls/alert_report.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "certs/text/phrase.hpp"
#include "proxy/tls/handshake_phrases.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::in_quotes;

constexpr std::string_view kAskForLog =
    "Ask the server's operator: the server's log says more of this connection.";
constexpr std::string_view kChangedOnItsWay =
    "Old TLS software does this, or something between the two that changes what they send (a "
    "firewall, an inspecting proxy). Ask the server's operator what the server's log says of this "
    "connection.";

/// What a server means by an alert (RFC 8446 6.2).
struct Meaning {
    int number;
    std::string_view text;  ///< of the server, "it …"
    std::string_view remedy = kAskForLog;
};
constexpr Meaning kMeanings[] = {
    {SSL_AD_UNEXPECTED_MESSAGE, "it got another message than was due", kChangedOnItsWay},
    {SSL_AD_BAD_RECORD_MAC, "what it got was damaged", kChangedOnItsWay},
    {SSL_AD_RECORD_OVERFLOW, "what it got was longer than it takes", kChangedOnItsWay},
    {SSL_AD_ILLEGAL_PARAMETER, "it found a contradiction in what it got", kChangedOnItsWay},
    {SSL_AD_DECODE_ERROR, "it could not read what it got", kChangedOnItsWay},
    {SSL_AD_UNSUPPORTED_EXTENSION, "it got something that it had not asked for", kChangedOnItsWay},
    {SSL_AD_INAPPROPRIATE_FALLBACK, "it speaks a newer TLS version than reached it",
     kChangedOnItsWay},
    {SSL_AD_INTERNAL_ERROR, "it ran into an error of its own",
     "Try again later. If that does not help, ask the server's operator: the server's log says "
     "more of this connection."},
    {SSL_AD_USER_CANCELLED,
     "it cancels it for a reason of its own, which is no fault in what it got",
     "Try again later. If that does not help, ask the server's operator: the server's log says "
     "more of this connection."},
};

/// `meaning`: a part of a sentence, or empty. `more`: sentences, each after a space. `side`: whose
/// setting it comes of.
Failure ended(
    const AlertReceived& alert, const TlsFailure& failure, std::string_view meaning,
    const std::string& more, std::string remedy, std::string_view brief = {},
    Side side = Side::upstream
) {
    std::string reason = failure.after_handshake
                             ? "After the TLS handshake the server ended the connection ("
                             : "The server ended the TLS handshake (";
    reason += alert_text(alert) + ")";
    if (!meaning.empty()) (reason += ": ") += meaning;
    if (brief.empty() && failure.after_handshake) brief = "connection ended by {}";
    (reason += ".") += more;
    const auto of_side = side == Side::proxy ? Failure::of_proxy : Failure::of_upstream;
    return of_side(FailureCode::alert_received, std::move(reason), std::move(remedy), brief);
}

/// What the profile narrows is its own, and it can widen it.
Side side_of_offer(const HandshakeFacts& facts) {
    return facts.limited_by.empty() ? Side::upstream : Side::proxy;
}

/// What is offered is not enough, or none of it is the server's. Where the profile limits it, that
/// is the most likely reason. `weaker`: the server may want something that is not offered since it
/// is weak.
std::string offer_remedy(const HandshakeFacts& facts, bool weaker) {
    if (facts.limited_by.empty()) {
        std::string text =
            "Ask the server's operator what the server takes: its log says what it found missing.";
        if (!facts.profile.empty()) {
            text +=
                " Name that, and whatever else is to be offered, in cipher_suites (TLS 1.3), "
                "ciphers (TLS 1.2), groups or signature_algorithms under tls: in " +
                profile_name(facts) + ".";
        }
        if (!weaker) return text;
        return text += or_danger(
                   facts, profiles::Danger::sha1, "If it is a signature algorithm with SHA-1"
               );
    }
    return "Remove " + certs::enumerated(facts.limited_by, "and") + " from tls: in " +
           profile_name(facts) + ", or add what the server takes: its operator knows that.";
}

Failure report_handshake_failure(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    if (failure.after_handshake && !failure.certificate_requested) {
        return ended(alert, failure, {}, {}, std::string{kAskForLog});
    }
    // Versions and cipher suite are agreed on before a certificate is asked for.
    if (failure.certificate_requested) {
        return ended(
            alert, failure,
            "it had asked for a client certificate, and was sent " + in_quotes(facts.identity),
            accepted_issuers(failure) + other_issuers(failure, facts),
            "Some servers refuse a client certificate that way. Ask the server's operator whether "
            "this one is registered there, and of which authorities it accepts certificates."
        );
    }
    std::string remedy = offer_remedy(facts, true);
    if (facts.announced.empty()) remedy += " " + remedy_for_nothing_announced(facts);
    while (remedy.ends_with(' ')) remedy.pop_back();
    return ended(
        alert, failure,
        "by that a server says that it takes none of the cipher suites, groups or signature "
        "algorithms that are offered, or does not know for whom it is called",
        limits(facts) + nothing_announced(facts), std::move(remedy), {}, side_of_offer(facts)
    );
}

Failure report_unrecognized_name(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    if (facts.announced.empty()) {
        std::string remedy = remedy_for_nothing_announced(facts);
        remedy.pop_back();  // the space behind it
        return ended(
            alert, failure, {}, nothing_announced(facts), std::move(remedy), {}, Side::proxy
        );
    }
    const std::string ask = "Ask its operator for the name that it expects";
    return ended(
        alert, failure, "it does not know the name " + in_quotes(facts.announced), {},
        facts.profile.empty()
            ? ask + "."
            : ask + ", and set tls: { server_name: NAME } in " + profile_name(facts) + "."
    );
}

}  // namespace

std::string alert_text(const AlertReceived& alert) {
    return "TLS alert " + std::to_string(alert.number) + ", " + alert.name;
}

Failure report_ended(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
) {
    switch (alert.number) {
        case SSL_AD_HANDSHAKE_FAILURE:
            return report_handshake_failure(alert, failure, facts);
        case SSL_AD_INSUFFICIENT_SECURITY:
            return ended(
                alert, failure,
                "it wants stronger cipher suites, groups or signature algorithms than are offered",
                limits(facts), offer_remedy(facts, false), {}, side_of_offer(facts)
            );
        case SSL_AD_PROTOCOL_VERSION:
            return ended(
                alert, failure, {}, versions_offered(facts), version_remedy(facts), kNoVersion,
                limits_versions(facts) ? Side::proxy : Side::upstream
            );
        case SSL_AD_UNRECOGNIZED_NAME:
            return report_unrecognized_name(alert, failure, facts);
        case SSL_AD_NO_APPLICATION_PROTOCOL:
            return ended(
                alert, failure, "it does not take HTTP/1.1, the only protocol that is offered", {},
                "The server's operator has to have it take HTTP/1.1 beside HTTP/2. If it does, and "
                "only does not say so, set tls: { alpn: [] } in " +
                    profile_name(facts) + ".",
                "{} does not take HTTP/1.1"
            );
        case SSL_AD_DECRYPT_ERROR:
            if (!failure.identity_sent) break;
            return ended(
                alert, failure,
                "what this side proves itself by did not pass there, which is, most likely, the "
                "signature that shows that it has the key of " +
                    in_quotes(facts.identity),
                {},
                "Ask the server's operator what the server's log says of this connection, and "
                "whether the server supports the kind of this key."
            );
        default:
            break;
    }
    const auto meaning = std::ranges::find(kMeanings, alert.number, &Meaning::number);
    if (meaning == std::ranges::end(kMeanings)) {
        return ended(alert, failure, {}, {}, std::string{kAskForLog});
    }
    return ended(alert, failure, meaning->text, {}, std::string{meaning->remedy});
}

}  // namespace countersign::proxy::tls
