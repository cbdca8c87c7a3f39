#include "proxy/tls/handshake_phrases.hpp"

#include <algorithm>

#include "certs/text/phrase.hpp"

namespace countersign::proxy::tls {

using certs::in_quotes;
using certs::joined;

std::string accepted_issuers(const TlsFailure& failure) {
    if (failure.accepted_issuers.empty()) return "";
    const std::size_t told = failure.accepted_issuers.size();
    return " It says that it accepts certificates of: " + joined(failure.accepted_issuers) +
           (failure.issuers_named > told
                ? ", and " + std::to_string(failure.issuers_named - told) + " more."
                : ".");
}

bool accepts_other_issuers(const TlsFailure& failure, const HandshakeFacts& facts) {
    const auto& accepted = failure.accepted_issuers;
    const bool all_known = !accepted.empty() && failure.issuers_named <= accepted.size();
    if (!all_known || facts.identity_issuers.empty()) return false;
    return std::ranges::none_of(facts.identity_issuers, [&](const std::string& issuer) {
        return std::ranges::find(accepted, issuer) != accepted.end();
    });
}

std::string other_issuers(const TlsFailure& failure, const HandshakeFacts& facts) {
    if (!accepts_other_issuers(failure, facts)) return "";
    return " This one's authorities are none of them: " + joined(facts.identity_issuers) + ".";
}

bool limits_signatures(const HandshakeFacts& facts) {
    return std::ranges::find(facts.limited_by, "signature_algorithms") != facts.limited_by.end();
}

std::string takes_no_signature(const HandshakeFacts& facts) {
    std::string text = "takes no signature of such a key as that of " + in_quotes(facts.identity);
    if (!facts.identity_key.empty()) text += " (" + facts.identity_key + ")";
    if (!limits_signatures(facts)) return text;
    text += " by an algorithm that " + profile_name(facts);
    return text += " allows (tls.signature_algorithms)";
}

std::string accepted_signatures(const TlsFailure& failure) {
    const std::vector<std::string>& taken = failure.accepted_signatures;
    return taken.empty() ? "" : " It takes signatures by: " + joined(taken) + ".";
}

std::string remedy_for_no_identity(const TlsFailure& failure, const HandshakeFacts& facts) {
    const std::string& own = facts.identity_signature;
    const std::vector<std::string>& taken = failure.accepted_signatures;
    const bool is_known = !own.empty() && !taken.empty();
    const bool takes_own = is_known && std::ranges::find(taken, own) != taken.end();
    if (!facts.identity.empty() && limits_signatures(facts) && (takes_own || !is_known)) {
        return "Remove signature_algorithms from tls: in " + profile_name(facts) + ", or add " +
               (own.empty() ? "one to it that such a key makes" : own + " to it") +
               (takes_own ? ": the server takes it." : ": the server may take it.");
    }
    if (!facts.identity.empty()) {
        return std::string{"Use a key store with a key "} +
               (taken.empty()
                    ? "of another kind (RSA instead of EC or Ed25519, or EC of another curve)"
                    : "that signs by one of these (what begins with rsa_ wants an RSA key, with "
                      "ecdsa_ "
                      "an EC key)") +
               ", or ask the server's operator to accept signatures " +
               (own.empty() ? "of this kind" : "by " + own) + ".";
    }
    if (facts.profile.empty()) {
        return "Add the host to the hosts of a profile whose key_store has the certificate that "
               "the server expects.";
    }
    return "Set key_store in " + profile_name(facts) +
           " to the record (under certificates:) of the certificate that the server expects.";
}

std::string nothing_announced(const HandshakeFacts& facts) {
    if (!facts.announced.empty()) return "";
    const std::string none = " No name was announced to it: ";
    return facts.silenced ? none + "tls.server_name of " + profile_name(facts) + " is none."
                          : none + "it is called by an address, which is none.";
}

std::string remedy_for_nothing_announced(const HandshakeFacts& facts) {
    if (!facts.announced.empty()) return "";
    const std::string needs = "A server with several sites needs the name: ";
    if (facts.silenced)
        return needs + "remove server_name: none from " + profile_name(facts) + ". ";
    const std::string call = needs + "call it by its name";
    if (facts.profile.empty()) return call + ". ";
    return call + ", or set tls: { server_name: NAME } in " + profile_name(facts) + ". ";
}

std::string limits(const HandshakeFacts& facts) {
    if (facts.limited_by.empty()) return "";
    return " What is offered is limited by " + certs::enumerated(facts.limited_by, "and") +
           " under tls: in " + profile_name(facts) + ".";
}

std::string or_danger(
    const HandshakeFacts& facts, std::optional<profiles::Danger> danger, std::string_view where
) {
    if (facts.profile.empty() || !danger || facts.dangers.has(*danger)) return "";
    const auto& one =
        *std::ranges::find(profiles::kDangerSwitches, *danger, &profiles::DangerSwitch::danger);
    std::string text = " ";
    text += where;
    text += ", tls: { ";
    text += one.key;
    text += ": true } in " + profile_name(facts) + " accepts it, at a price: ";
    text += one.means;
    return text += ".";
}

std::string versions_offered(const HandshakeFacts& facts) {
    if (facts.dangers.has(profiles::Danger::tls10)) {
        const bool all = facts.max_version == profiles::TlsVersion::tls_1_3;
        return " It speaks none of the versions from TLS 1.0 to TLS " +
               std::string{all ? "1.3." : "1.2."};
    }
    if (facts.max_version == profiles::TlsVersion::tls_1_2) {
        return " It does not speak TLS 1.2, the only version that " + profile_name(facts) +
               " offers.";
    }
    if (facts.min_version == profiles::TlsVersion::tls_1_3) {
        return " It does not speak TLS 1.3, the only version that " + profile_name(facts) +
               " offers.";
    }
    return " It speaks neither TLS 1.2 nor TLS 1.3.";
}

bool limits_versions(const HandshakeFacts& facts) {
    return !facts.dangers.has(profiles::Danger::tls10) &&
           (facts.max_version == profiles::TlsVersion::tls_1_2 ||
            facts.min_version == profiles::TlsVersion::tls_1_3);
}

std::string version_remedy(const HandshakeFacts& facts) {
    if (facts.max_version == profiles::TlsVersion::tls_1_2) {
        return "Remove tls.max_version from " + profile_name(facts) +
               ", so that TLS 1.3 is offered, too.";
    }
    if (facts.min_version == profiles::TlsVersion::tls_1_3) {
        return "Remove tls.min_version from " + profile_name(facts) +
               ", so that TLS 1.2 is offered, too.";
    }
    return "The server's operator has to enable TLS 1.2 or 1.3." +
           or_danger(facts, profiles::Danger::tls10);
}

}  // namespace countersign::proxy::tls
