#include "proxy/tls/certificate_report.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/tls/handshake_phrases.hpp"
#include "proxy/tls/revocation_report.hpp"

namespace countersign::proxy::tls {

namespace {

/// " (RSA 1024)", or nothing.
std::string in_brackets(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

using certs::in_quotes;
using certs::joined;

Failure not_accepted(const std::string& why, std::string remedy, std::string_view brief = {}) {
    return Failure::of_upstream(
        FailureCode::server_certificate, std::string{kNotAccepted} + why, std::move(remedy), brief
    );
}

/// What to do to trust an authority, or a server's certificate: `subject`.
std::string how_to_trust(const std::string& subject, const HandshakeFacts& facts) {
    return "get the certificate of " + subject +
           " from the server's operator by a way you trust, add it under certificates: as a "
           "trust_store_cert, and name that record in the trust of " +
           profile_name(facts) + ".";
}

Failure report_issuer(const CertificateRefused& refused, const HandshakeFacts& facts) {
    const std::string subject = in_quotes(refused.subject);
    const std::string issuer = in_quotes(refused.issuer);
    const std::string trusted = " Trusted: " + facts.trust + ".";
    const bool of_server = refused.depth == 0;
    if (refused.subject == refused.issuer) {
        return not_accepted(
            (of_server ? subject : "its authority " + subject) +
                " is self-signed and not trusted." + trusted,
            "If this server is the right one, " + how_to_trust(issuer, facts),
            of_server ? "certificate of {} not accepted: self-signed"
                      : "certificate of {} not accepted: its authority is not trusted"
        );
    }
    if (!of_server) {
        return not_accepted(
            "its authority " + issuer + " is not trusted." + trusted,
            "If this server is the right one, " + how_to_trust(issuer, facts),
            "certificate of {} not accepted: its authority is not trusted"
        );
    }
    return not_accepted(
        subject + " is issued by " + issuer +
            ", whose certificate the server did not send, and which is not trusted." + trusted,
        "If " + issuer +
            " is an intermediate, the server is set up incompletely: its operator has to let it "
            "send that certificate, too. Until then, or if it is the root: " +
            how_to_trust(issuer, facts),
        "certificate of {} not accepted: issuer neither sent nor trusted"
    );
}

constexpr std::string_view kNoHost = "NAME";

/// The first DNS name that is one host's, and not `but`; `kNoHost` where there is none.
std::string a_host_of(const std::vector<std::string>& names, std::string_view but) {
    constexpr std::string_view kDns = "DNS:";
    for (const std::string_view name : names) {
        if (!name.starts_with(kDns) || name.find('*') != name.npos) continue;
        if (const std::string_view host = name.substr(kDns.size()); host != but) {
            return std::string{host};
        }
    }
    return std::string{kNoHost};
}

std::string name_remedy(const CertificateRefused& refused, const HandshakeFacts& facts) {
    const std::string host = a_host_of(refused.names, facts.server_name);
    const std::string sure = "f you are sure that this is the right server, ";
    if (facts.verify_names) {
        return "Somebody else may have answered. I" + sure + "add " + host +
               " to tls.verify_names of " + profile_name(facts) + ".";
    }
    const std::string set = "set tls: { server_name: " + host + " } in " + profile_name(facts);
    if (facts.fixed_name) {
        return "The name is tls.server_name of " + profile_name(facts) +
               ": correct it if it is wrong. I" + sure + set + ".";
    }
    const std::string call = "Call the server by a name that its certificate has";
    if (facts.profile.empty()) return call + ".";
    return call + ", and have that name among the hosts of the profile. Or, i" + sure + set + ".";
}

Failure report_name(const CertificateRefused& refused, const HandshakeFacts& facts) {
    if (refused.names.empty()) {
        return not_accepted(
            "it names no host at all (no subject alternative name), and so is not for " +
                in_quotes(facts.server_name) + ".",
            "The server's operator has to get a certificate with the server's name among its "
            "subject alternative names; a common name does not count." +
                or_danger(facts, refused.accepted_by),
            "certificate of {} names no host"
        );
    }
    // A call by an address is one of the names that are wrong.
    const bool as_name =
        std::ranges::find(refused.names, "DNS:" + facts.server_name) != refused.names.end() &&
        refused.error == X509_V_ERR_IP_ADDRESS_MISMATCH;
    std::string reason = "it is not for " + in_quotes(facts.server_name) + ". It is for ";
    reason += joined(refused.names) + ".";
    if (as_name) {
        const bool has_host = a_host_of(refused.names, facts.server_name) != kNoHost;
        return not_accepted(
            reason + " An address that stands there as a name (DNS) counts for nothing.",
            "The server's operator has to get a certificate with the address among its IP "
            "addresses" +
                (has_host ? ". Otherwise: " + name_remedy(refused, facts)
                          : std::string{", or one with the server's name, by which it is then to "
                                        "be called."}) +
                or_danger(facts, refused.accepted_by),
            "certificate of {} is for another name"
        );
    }
    constexpr std::string_view kBrief = "certificate of {} is for another name";
    std::string remedy = name_remedy(refused, facts);
    remedy += or_danger(facts, refused.accepted_by);
    if (!facts.silenced) return not_accepted(reason, std::move(remedy), kBrief);
    remedy.front() = certs::to_lower(remedy.front());
    return Failure::of_proxy(
        FailureCode::server_certificate,
        std::string{kNotAccepted} + reason + nothing_announced(facts),
        remedy_for_nothing_announced(facts) + "If it shows this certificate even then: " + remedy,
        kBrief
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
        "you trust, add it to tls.pins of " +
            profile_name(facts) + ".",
        "certificate of {} has no pinned key"
    );
}

/// `what`: of the one certificate, after its subject. `remedy`: for the server's operator.
Failure report_own_fault(
    const CertificateRefused& refused, const HandshakeFacts& facts, const std::string& what,
    std::string remedy, std::string_view brief
) {
    const bool of_date = refused.error == X509_V_ERR_CERT_HAS_EXPIRED ||
                         refused.error == X509_V_ERR_CERT_NOT_YET_VALID;
    // A server's own may be trusted by itself: it is the server's all the same.
    if (refused.of_trust && refused.depth > 0) {
        return Failure::of_proxy(
            FailureCode::server_certificate,
            "The server's chain ends in " + in_quotes(refused.subject) +
                ", a certificate in the trust of " + profile_name(facts) + ", which " + what + ".",
            std::string{of_date ? "Check this machine's clock. If that is right, r" : "R"} +
                "eplace it by the authority's present one: in the record that has it, or, where it "
                "is the system's, by an update of this machine's ca-certificates. Trusted: " +
                facts.trust + "." + or_danger(facts, refused.accepted_by),
            brief
        );
    }
    const std::string whose =
        refused.depth == 0 ? "The server's certificate, " : "A certificate in the server's chain, ";
    return Failure::of_upstream(
        FailureCode::server_certificate, whose + in_quotes(refused.subject) + ", " + what + ".",
        std::move(remedy), brief
    );
}

constexpr std::string_view kNoAuthority = "certificate of {} not accepted: issued by no authority";

/// It has issued the one below it, and may not.
Failure report_no_authority(
    const CertificateRefused& refused, const HandshakeFacts& facts, const std::string& why
) {
    const bool too_long = refused.error == X509_V_ERR_PATH_LENGTH_EXCEEDED;
    // A path that is too long is mostly the server's.
    if (refused.of_trust && !too_long) {
        return Failure::of_proxy(
            FailureCode::server_certificate,
            "The trust of " + profile_name(facts) + " has " + in_quotes(refused.subject) +
                ", which has issued a certificate in the server's chain and may not: " + why + ".",
            "Put the certificate of an authority for TLS servers into the record that has it. What "
            "is in a file is told by: countersign keystore lint FILE",
            kNoAuthority
        );
    }
    return not_accepted(
        in_quotes(refused.subject) +
            " in its chain has issued the certificate below it, and may not: " + why + ".",
        std::string{"Nothing here changes that, and somebody else may have answered. The server's "
                    "operator has to get a certificate from an authority that may issue it"} +
            (too_long ? ", or that authority one with a larger pathlen."
                      : ", or send the right certificate of this one where it has another."),
        kNoAuthority
    );
}

Failure report_purpose(const CertificateRefused& refused, const HandshakeFacts& facts) {
    if (refused.depth == 0) {
        return report_own_fault(
            refused, facts,
            "is not for TLS servers: its extended key usage does not have serverAuth",
            "The server's operator has to get a certificate for servers, and may have set up one "
            "for clients.",
            "certificate of {} is not for servers"
        );
    }
    return report_no_authority(
        refused, facts, "its extended key usage is not that of an authority for TLS servers"
    );
}

}  // namespace

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
                refused, facts, "expired on " + refused.not_after,
                std::string{
                    refused.depth == 0 ? "The server's operator has to renew it."
                                       : "The server's operator has to send the authority's "
                                         "present certificate instead."} +
                    " If it is valid elsewhere, check this machine's clock.",
                "certificate of {} has expired"
            );
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return report_own_fault(
                refused, facts, "is valid only from " + refused.not_before + " on",
                "Check this machine's clock; if it is right, tell the server's operator.",
                "certificate of {} is not yet valid"
            );
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return report_own_fault(
                refused, facts,
                refused.error != X509_V_ERR_CA_MD_TOO_WEAK
                    ? "has a key that is too small to be accepted" + in_brackets(refused.key)
                : refused.accepted_by ? "is signed by SHA-1, which is too weak to be accepted"
                                      : "is signed by an algorithm that is too weak to be accepted",
                (refused.depth == 0
                     ? "The server's operator has to replace it: RSA keys need 2048 bits, "
                       "signatures SHA-256."
                     : "The server's operator has to get a certificate whose authorities are "
                       "stronger: RSA keys need 2048 bits, signatures SHA-256.") +
                    or_danger(facts, refused.accepted_by),
                "certificate of {} is too weak"
            );
        case X509_V_ERR_INVALID_CA:
        case X509_V_ERR_INVALID_NON_CA:
            return report_no_authority(
                refused, facts,
                "it is not marked as an authority (no CA:TRUE in its basic constraints)"
            );
        case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            return report_no_authority(
                refused, facts,
                "its key usage does not have the signing of certificates (keyCertSign)"
            );
        case X509_V_ERR_PATH_LENGTH_EXCEEDED:
            return report_no_authority(
                refused, facts,
                "there are more authorities below it than it may have (basic constraints, pathlen)"
            );
        case X509_V_ERR_INVALID_PURPOSE:
            return report_purpose(refused, facts);
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return report_own_fault(
                refused, facts, "is not signed by the authority whose name it has as its issuer",
                "Somebody else may have answered. Otherwise its operator has mixed up two "
                "authorities of one name, or the trust of " +
                    profile_name(facts) + " has the other one. Trusted: " + facts.trust + ".",
                "certificate of {} has a wrong signature"
            );
        case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
            return report_own_fault(
                refused, facts, "has a critical extension that is not known here",
                "The server's operator has to get a certificate without it.",
                "certificate of {} has an unknown critical extension"
            );
        case X509_V_ERR_INVALID_EXTENSION:
            return report_own_fault(
                refused, facts, "has an extension twice, or one that cannot be read",
                "The server's operator has to get a correct one from its authority.",
                "certificate of {} has a broken extension"
            );
        case X509_V_ERR_CERT_REVOKED:
        case X509_V_ERR_UNABLE_TO_GET_CRL:
        case X509_V_ERR_CRL_HAS_EXPIRED:
        case X509_V_ERR_CRL_NOT_YET_VALID:
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_OCSP_VERIFY_NEEDED:
            return report_revocation(refused, facts);
        default:
            return not_accepted(
                refused.text + " (" + in_quotes(refused.subject) + ").",
                "Show this to the server's operator. Trusted: " + facts.trust + "."
            );
    }
}

}  // namespace countersign::proxy::tls
