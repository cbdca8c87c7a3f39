#include "proxy/upstream/asked_identity.hpp"

#include "certs/text/phrase.hpp"

namespace countersign::proxy::upstream {

bool may_refuse_identity(std::uint16_t status) {
    return status == 400 || status == 401 || status == 403 || status == 495 || status == 496;
}

std::string_view certificate_text(const UpstreamStream::Facts& facts) {
    if (facts.identity_sent) return "sent";
    if (facts.identity == nullptr) return "none: no key_store";
    return facts.limits_signatures
               ? "none: the server takes no signature of such a key that tls.signature_algorithms "
                 "allows"
               : "none: the server takes no signature of such a key";
}

std::string issuers_text(const UpstreamStream::Facts& facts) {
    if (facts.issuers_named == 0) return "any";
    if (facts.issuers.empty()) return std::to_string(facts.issuers_named) + ", with long names";
    std::string text;
    for (const std::string& issuer : facts.issuers) {
        if (!text.empty()) text += "; ";
        text += issuer;
    }
    const std::size_t more = facts.issuers_named - facts.issuers.size();
    if (more > 0) text += "; and " + std::to_string(more) + " more";
    return text;
}

std::string asked_text(const UpstreamStream::Facts& facts) {
    const certs::Identity* const identity = facts.identity;
    if (!facts.certificate_requested) return "asked for no client certificate";
    std::string text = "asked for a client certificate and ";
    if (facts.identity_sent) {
        text += "was sent " + certs::in_quotes(identity->subject()) + ", SHA-256 " +
                identity->fingerprint();
    } else if (identity == nullptr) {
        text += "got none, since no key_store is configured for it";
    } else {
        text += "got none, since it takes no signature of such a key as that of " +
                certs::in_quotes(identity->subject());
        if (facts.limits_signatures) {
            text += " by an algorithm that the profile allows (tls.signature_algorithms)";
        }
    }
    return text + "; issuers that it takes: " + issuers_text(facts);
}

}  // namespace countersign::proxy::upstream
