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
    const std::string operators_log = "Ask the server's operator: the server's log says why.";
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
            asked + "was sent none: it " + takes_no_signature(facts),
            accepted_signatures(failure) + accepted_issuers(failure),
            remedy_for_no_identity(failure, facts)};
    }
    if (facts.profile.empty()) {
        return {
            asked + "was sent none: the host has no profile", accepted_issuers(failure),
            remedy_for_no_identity(failure, facts)};
    }
    return {
        asked + "was sent none: " + profile_name(facts) + " has no key_store",
        accepted_issuers(failure), remedy_for_no_identity(failure, facts)};
}

/// What OpenSSL does not accept of a server, by its words.
struct Known {
    std::string_view words;
    std::string_view reason;
    std::string_view remedy;
    std::string_view brief;
    std::optional<profiles::Danger> danger = {};   ///< that accepts it …
    std::string_view where = "If that cannot be";  ///< … there
    std::string_view reason_with_it = {};          ///< where it is on, and was not enough
};
constexpr std::string_view kFaulty =
    "The server's TLS software is faulty, or something between the two changes what they send (a "
    "firewall, an inspecting proxy). Show this to the server's operator.";
constexpr std::string_view kWrongSignature = "wrong signature type";
constexpr Known kKnown[] = {
    {"dh key too small",
     "The server's Diffie-Hellman group is too small to be safe: it has fewer than 2048 bits.",
     "The server's operator has to use a group of 2048 bits or more, or elliptic curves (ECDHE).",
     "Diffie-Hellman group of {} is too small", profiles::Danger::small_dh,
     "If that cannot be, and its group has 1024 bits or more",
     "The server's Diffie-Hellman group is too small for tls.danger_small_dh, too: it has fewer "
     "than 1024 bits."},
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
    {kWrongSignature, "The server signed the TLS handshake by an algorithm that is not accepted.",
     "The server's operator has to have it sign with SHA-256 or better: in TLS 1.3 by RSA-PSS, "
     "ECDSA or EdDSA.",
     "signature of {} is not accepted", profiles::Danger::sha1,
     "If it signs by SHA-1, and cannot do better"},
    {"bad signature",
     "The server's signature of the TLS handshake is not that of its certificate's key.",
     "Somebody else may have answered. Otherwise the server's operator has set up a key and a "
     "certificate that do not belong together.",
     "{} does not have its certificate's key"},
    {"inappropriate fallback",
     "The server speaks TLS 1.3, which was offered, and answers in an older version; it says by a "
     "sign in its first message that the offer did not reach it.",
     "Something between the two takes TLS 1.3 out of what is offered: an old firewall or "
     "inspecting proxy, or an attacker. Ask whoever runs the network, on this side first, to have "
     "TLS 1.3 let through.",
     "offer of TLS 1.3 did not reach {}"},
    {"wrong cipher returned", "The server chose a cipher suite that had not been offered.", kFaulty,
     "{} chose a cipher suite that was not offered"},
    {"unknown cipher returned", "The server chose a cipher suite that had not been offered.",
     kFaulty, "{} chose a cipher suite that was not offered"},
    {"compression disabled",
     "The server wants to compress what is sent, which had not been offered.", kFaulty,
     "{} wants to compress, which was not offered"},
    {"unexpected message",
     "The server sent another message of the TLS handshake than the one that was due.", kFaulty,
     "{} sent another TLS message than was due"},
    {"digest check failed",
     "The two sides of the TLS handshake have not seen the same: what one of them sent was changed "
     "on its way.",
     kFaulty, "TLS handshake with {} was changed on its way"},
    {"bad record mac",
     "What the server sent cannot be decrypted: it was damaged on its way, or sent so.", kFaulty,
     "what {} sent was damaged"},
    {"length too long", "The server sent a TLS record that is longer than any may be.", kFaulty,
     "TLS record of {} is too long"},
    {"wrong version number", "What the server sent after its first message is no TLS any more.",
     kFaulty, "what {} sent was damaged"},
    {"ASN1 lib", "What the server sent as its certificate is none: it cannot be read.",
     "The server's operator has to put a readable certificate into the server's file. If it is "
     "readable there, the server's TLS software is faulty, or something between the two changes "
     "what they send (a firewall, an inspecting proxy).",
     "certificate of {} cannot be read"},
};

Failure report_known(
    const Known& known, const ProtocolError& error, const TlsFailure& failure,
    const HandshakeFacts& facts
) {
    const bool in_vain = known.danger && facts.dangers.has(*known.danger);
    std::string reason{
        in_vain && !known.reason_with_it.empty() ? known.reason_with_it : known.reason};
    std::string remedy{known.remedy};
    if (known.words == kWrongSignature && limits_signatures(facts)) {
        reason += " Accepted are the tls.signature_algorithms of " + profile_name(facts) + ".";
        remedy += " Or add that algorithm to them, where it is one of those.";
    }
    // No switch lets TLS 1.3 be less than it is.
    if (failure.version != "TLSv1.3") remedy += or_danger(facts, known.danger, known.where);
    return Failure::of_upstream(
        FailureCode::tls_protocol, reason + " (" + error.text + ")", std::move(remedy), known.brief
    );
}

}  // namespace

namespace {

/// Of one that ends the connection when it has seen no more than the first message, or not even
/// that.
std::string who_does_this(const HandshakeFacts& facts) {
    return "Servers do this that admit known addresses only, that " +
           (!facts.announced.empty() ? "do not know the name " + in_quotes(facts.announced)
            : facts.silenced         ? "want a name announced (tls.server_name is none here)"
                                     : "want a name, and not an address") +
           ", or that want another TLS version or cipher suite; so does ";
}

}  // namespace

Failure report_closed(const TlsFailure& failure, const HandshakeFacts& facts) {
    constexpr std::string_view kBrief = "connection closed by {} during the TLS handshake";
    Progress progress = progress_of(failure, facts);
    if (progress.remedy.empty()) {
        progress.more =
            " Nothing had been asked of this side by then, no client certificate either.";
        progress.remedy = who_does_this(facts) +
                          "a load balancer with nobody behind it. Check host and port, and ask the "
                          "server's operator.";
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
            who_does_this(facts) +
            "a firewall, and a server that does not speak TLS on this port. Check host "
            "and port of " +
            facts.destination + ", and ask the server's operator, and whoever runs the firewalls.";
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

Failure report_protocol(
    const ProtocolError& error, const TlsFailure& failure, const HandshakeFacts& facts
) {
    const auto says = [&](std::string_view words) {
        return error.text.find(words) != std::string::npos;
    };
    const bool answered = !failure.version.empty();
    if (!answered && (says("wrong version number") || says("packet length too long"))) {
        return Failure::of_upstream(
            FailureCode::tls_protocol,
            "What answers at " + facts.destination + " does not speak TLS (" + error.text + ").",
            "Check host and port: the server has to speak TLS (HTTPS) there.",
            "what answers at {} does not speak TLS"
        );
    }
    if (says("unsupported protocol") || says("wrong ssl version")) {
        const auto of_side = limits_versions(facts) ? Failure::of_proxy : Failure::of_upstream;
        return of_side(
            FailureCode::tls_protocol,
            "The server answered in a TLS version that was not offered (" + error.text + ")." +
                versions_offered(facts),
            version_remedy(facts), kNoVersion
        );
    }
    for (const Known& known : kKnown) {
        if (says(known.words)) return report_known(known, error, failure, facts);
    }
    std::string remedy{kFaulty};
    if (!facts.limited_by.empty()) {
        remedy += " Or its TLS differs from " + certs::enumerated(facts.limited_by, "and") +
                  " under tls: in " + profile_name(facts) + ".";
    }
    return Failure::of_upstream(
        FailureCode::tls_protocol,
        "This side ended the TLS handshake, since it cannot take what the server sent: " +
            error.text + ".",
        std::move(remedy)
    );
}

}  // namespace countersign::proxy::tls
