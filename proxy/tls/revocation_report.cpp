#include "proxy/tls/revocation_report.hpp"

#include <openssl/x509_vfy.h>

#include <string>
#include <string_view>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/tls/handshake_phrases.hpp"

namespace countersign::proxy::tls {

namespace {

using certs::in_quotes;

constexpr std::string_view kAnd = ", and ";

/// "'CN=…'", or "its authority 'CN=…'".
std::string whose(const CertificateRefused& refused) {
    return (refused.depth == 0 ? "" : "its authority ") + in_quotes(refused.subject);
}

/// ", which the certificate says is at http://…": its own words, which may be anything.
std::string where_published(const RevocationObjection& found) {
    if (found.published_at.empty()) return {};
    std::string text = ", which is at ";
    return text += certs::printable_list(found.published_at, ", ", 3);
}

std::string why_nobody_says(const RevocationObjection& found) {
    std::string text = "those that the certificate names for it did not say: ";
    return text += certs::printable_list(found.asked, "; ", 4);
}

/// A list of ours is old, or another's: else that there is none of it here is no news.
bool has_list(const CertificateRefused& refused) { return !refused.revocation.source.empty(); }

Failure report_revoked(const CertificateRefused& refused) {
    const RevocationObjection& found = refused.revocation;
    std::string reason{kNotAccepted};
    reason += whose(refused) + " was revoked on " + found.since;
    if (!found.reason.empty()) reason += " (" + found.reason + ")";
    reason += ", says " + found.source + ".";
    const bool own = refused.depth == 0;
    return Failure::of_upstream(
        FailureCode::server_certificate, std::move(reason),
        own ? "Its key may be in other hands, and somebody else may have answered. The server's "
              "operator has to get another certificate, and set it up."
            : "What it has issued is not to be trusted, and somebody else may have answered. The "
              "server's operator has to get a certificate from another authority.",
        own ? "certificate of {} is revoked"
            : "certificate of {} not accepted: its authority is revoked"
    );
}

/// RFC 7633: the certificate itself wants it.
Failure report_must_staple(const CertificateRefused& refused) {
    std::string reason{kNotAccepted};
    reason += in_quotes(refused.subject);
    reason += " says that its server brings an OCSP answer (must-staple), and ";
    reason += refused.revocation.answer + ".";
    return Failure::of_upstream(
        FailureCode::server_certificate, std::move(reason),
        "The server's operator has to turn on OCSP stapling, and look why it brings no answer of "
        "today. Until then such a certificate is accepted with tls.revocation: off alone.",
        "certificate of {} not accepted: without the OCSP answer that it demands"
    );
}

/// Why it is not known, and what to do: whole sentences but for the latter's last one.
std::pair<std::string, std::string> not_known_because(
    const CertificateRefused& refused, const HandshakeFacts& facts
) {
    const RevocationObjection& found = refused.revocation;
    const std::string issuer = in_quotes(refused.issuer);
    const std::string files = "tls.crl of " + profile_name(facts);
    const std::string get = "Get the present one of " + issuer + where_published(found);
    switch (refused.error) {
        case X509_V_ERR_CRL_HAS_EXPIRED:
            return {
                found.source + (found.until.empty() ? " does not say how long it holds"
                                                    : " ended on " + found.until),
                get +
                    ", and put it in that file's place: a changed file is read at once. If it "
                    "is the present one, check this machine's clock."};
        case X509_V_ERR_CRL_NOT_YET_VALID:
            return {
                found.source + " begins only on " + found.from,
                "Check this machine's clock; if it is right, tell who publishes the list."};
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
            return {
                found.source +
                    " is not signed by the authority of that name that the server's "
                    "chain has",
                get + ", and name its file in " + files +
                    ". Lists of both may stand there, where an authority has changed its key."};
        default:
            return {
                "no list of " + issuer + " that would have it is in " + files,
                "Get the CRL of " + issuer + where_published(found) + ", and name its file in " +
                    files + "."};
    }
}

}  // namespace

Failure report_revocation(const CertificateRefused& refused, const HandshakeFacts& facts) {
    if (refused.error == X509_V_ERR_CERT_REVOKED) return report_revoked(refused);
    if (refused.error == X509_V_ERR_OCSP_VERIFY_NEEDED) return report_must_staple(refused);
    auto [why, remedy] = not_known_because(refused, facts);
    std::string reason{kNotAccepted};
    reason += "whether " + whose(refused) + " is revoked is not known: ";
    const RevocationObjection& found = refused.revocation;
    const bool was_asked = !found.asked.empty();
    if (!was_asked || has_list(refused)) reason += why + ", and ";
    if (was_asked) reason += why_nobody_says(found) + ", and ";
    if (found.asks_nobody) {
        reason += "the certificate names nobody who could be asked by http, and ";
    }
    if (!found.answer.empty()) reason += found.answer + ", and ";
    reason.resize(reason.size() - kAnd.size());
    reason += ". ";
    reason += "With tls.revocation: hard that is refused.";
    if (was_asked) {
        remedy = "Those are servers of the authority " + in_quotes(refused.issuer) +
                 ", not the server itself: look whether they can be reached from this machine, or "
                 "tell who runs them. Or get its CRL" +
                 where_published(found) + ", and name its file in tls.crl of " +
                 profile_name(facts) + ".";
    }
    if (!found.answer.empty()) {
        remedy += " Or let the server's operator turn on OCSP stapling.";
    }
    remedy += " With soft, only what is known to be revoked is refused.";
    constexpr std::string_view kBrief =
        "certificate of {} not accepted: not known whether it is revoked";
    constexpr auto kCode = FailureCode::server_certificate;
    return was_asked ? Failure::of_upstream(kCode, std::move(reason), std::move(remedy), kBrief)
                     : Failure::of_proxy(kCode, std::move(reason), std::move(remedy), kBrief);
}

}  // namespace countersign::proxy::tls
