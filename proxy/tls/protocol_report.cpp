#include "proxy/tls/protocol_report.hpp"

#include <optional>
#include <utility>

#include "certs/text/phrase.hpp"
#include "proxy/tls/handshake_phrases.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::in_quotes;

/// How far the handshake had come, "after it had …", and what follows from that. `it`: the server.
struct Progress {
    std::string until;
    std::string more;    ///< sentences, each with a space before it
    std::string remedy;  ///< empty: nothing came, and nothing follows
};

Progress progress_of(
    const TlsFailure& failure, const HandshakeFacts& facts, const std::string& it = "it"
) {
    const std::string operators_log = "The log of the server's operator says why.";
    if (failure.version.empty()) return {"before " + it + " had answered anything", "", ""};
    if (!failure.certificate_requested) {
        return {
            "after " + it + " had answered (" + failure.version + ")",
            " It had not asked for a client certificate.", operators_log};
    }
    const std::string asked = "after " + it + " had asked for a client certificate, and ";
    if (failure.identity_sent) {
        return {
            asked + "was sent " + in_quotes(facts.identity),
            accepted_issuers(failure) + other_issuers(failure, facts),
            "Some servers refuse a client certificate that way. Ask the operator whether this one "
            "is registered there, and of which authorities it accepts certificates."};
    }
    if (!facts.identity.empty()) {
        return {
            asked + "was sent none: it " + takes_no_signature(facts), accepted_issuers(failure),
            remedy_for_no_identity(facts)};
    }
    if (facts.profile.empty()) {
        return {
            asked + "was sent none: the host has no profile", accepted_issuers(failure),
            remedy_for_no_identity(facts)};
    }
    return {
        asked + "was sent none: " + profile_name(facts) + " has no key_store",
        accepted_issuers(failure), remedy_for_no_identity(facts)};
}

/// What OpenSSL does not accept of a server, by its words.
struct Known {
    std::string_view words;
    std::string_view reason;
    std::string_view remedy;
    std::string_view brief;
    std::optional<profiles::Danger> danger = {};  ///< that accepts it
};
constexpr Known kKnown[] = {
    {"dh key too small",
     "The server's Diffie-Hellman group is too small to be safe: it has fewer than 2048 bits.",
     "The server's operator has to use a group of 2048 bits or more, or elliptic curves (ECDHE).",
     "Diffie-Hellman group of {} is too small", profiles::Danger::small_dh},
    {"unsafe legacy renegotiation disabled",
     "The server does not know secure renegotiation (RFC 5746): somebody between the two could put "
     "a request of his own in front of this one.",
     "The server's operator has to update its TLS software, or to switch secure renegotiation on.",
     "{} lacks secure renegotiation", profiles::Danger::legacy_renegotiation},
    {"excessive message size",
     "The server sent a message in the TLS handshake that is larger than is accepted. It is likely "
     "that of its certificates, which may have 256 KiB.",
     "The server's operator has to have it send the server's own chain, and no bundle of "
     "authorities.",
     "certificates of {} are too large"},
    {"wrong signature type",
     "The server signed the TLS handshake by an algorithm that is not accepted in this version of "
     "TLS.",
     "The server's operator has to have it sign with SHA-256 or better: in TLS 1.3 by RSA-PSS, "
     "ECDSA or EdDSA.",
     "signature of {} is not accepted"},
    {"bad signature",
     "The server's signature of the TLS handshake is not that of its certificate's key.",
     "Somebody else may have answered. Otherwise the server's operator has set up a key and a "
     "certificate that do not belong together.",
     "{} does not have its certificate's key"},
};

}  // namespace

Failure report_closed(const TlsFailure& failure, const HandshakeFacts& facts) {
    constexpr std::string_view kBrief = "connection closed by {} during the TLS handshake";
    Progress progress = progress_of(failure, facts);
    if (progress.remedy.empty()) {
        progress.more =
            " Nothing had been asked of this side by then, no client certificate either.";
        progress.remedy =
            "Servers do this that admit known addresses only, that " +
            (facts.announced ? "do not know the name " + in_quotes(facts.server_name)
                             : "want a name announced (tls.server_name is none here)") +
            ", or that want another TLS version or cipher suite; so does a load balancer with "
            "nobody behind it. Check host and port, and ask the server's operator.";
    }
    return Failure::of_upstream(
        FailureCode::tls_protocol,
        "The server closed the connection during the TLS handshake, without saying why, " +
            progress.until + "." + progress.more,
        std::move(progress.remedy), kBrief
    );
}

Failure report_reset(
    const ConnectionReset& reset, const TlsFailure& failure, const HandshakeFacts& facts
) {
    Progress progress = progress_of(failure, facts, "the server");
    if (progress.remedy.empty()) {
        progress.remedy =
            "A firewall, or a server that does not speak TLS on this port, does this: check the "
            "port of " +
            facts.destination + ".";
    }
    return Failure::of_upstream(
        FailureCode::tls_protocol,
        "The connection broke during the TLS handshake (" + reset.text + "), " + progress.until +
            "." + progress.more,
        std::move(progress.remedy), "connection to {} broke during the TLS handshake"
    );
}

Failure report_silence(
    const std::string& limit, const TlsFailure& failure, const HandshakeFacts& facts
) {
    Progress progress = progress_of(failure, facts);
    const bool answered = !progress.remedy.empty();
    return Failure::of_upstream(
        FailureCode::handshake_timeout,
        facts.destination +
            " accepted the connection, and did not finish the TLS handshake within " + limit +
            ": " +
            (answered ? "it fell silent " + progress.until + "." + progress.more
                      : "it answered nothing."),
        answered ? "It speaks TLS on this port. If it is slow, raise timeouts.handshake of the "
                   "profile; otherwise ask its operator."
                 : "Check that the server speaks TLS on this port. If it does, and is slow, raise "
                   "timeouts.handshake of the profile."
    );
}

Failure report_protocol(const ProtocolError& error, const HandshakeFacts& facts) {
    const auto says = [&](std::string_view words) {
        return error.text.find(words) != std::string::npos;
    };
    if (says("wrong version number") || says("packet length too long")) {
        return Failure::of_upstream(
            FailureCode::tls_protocol,
            "What answers at " + facts.destination + " does not speak TLS (" + error.text + ").",
            "Check host and port: the server has to speak TLS (HTTPS) there.",
            "what answers at {} does not speak TLS"
        );
    }
    if (says("unsupported protocol") || says("wrong ssl version")) {
        return Failure::of_upstream(
            FailureCode::tls_protocol,
            "The TLS handshake failed: " + error.text + "." + versions_offered(facts),
            version_remedy(facts), kNoVersion
        );
    }
    for (const Known& known : kKnown) {
        if (!says(known.words)) continue;
        return Failure::of_upstream(
            FailureCode::tls_protocol, std::string{known.reason} + " (" + error.text + ")",
            std::string{known.remedy} + or_danger(facts, known.danger), known.brief
        );
    }
    return Failure::of_upstream(
        FailureCode::tls_protocol, "The TLS handshake failed: " + error.text + ".",
        "Show this to the server's operator. The TLS rules of " + profile_name(facts) +
            " (tls:) may also be stricter than the server."
    );
}

}  // namespace countersign::proxy::tls
