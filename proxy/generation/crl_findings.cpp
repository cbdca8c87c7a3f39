#include "proxy/generation/crl_findings.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/crl_set.hpp"
#include "proxy/generation/configuration_warnings.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::generation {

namespace {

using certs::Crl;
using Now = std::chrono::system_clock::time_point;

/// Whether there is a later one, so that nobody goes by this one any more.
bool is_replaced(const Crl& crl, const certs::CrlSet& lists, Now now) {
    return std::ranges::any_of(lists.lists(), [&](const Crl& other) {
        return certs::is_named_like(crl, other) && !other.scope &&
               other.this_update > crl.this_update && other.standing(now) == Crl::Standing::current;
    });
}

/// "ended on …"; empty for one of today.
std::string not_current_because(const Crl& crl, Now now) {
    switch (crl.standing(now)) {
        case Crl::Standing::current:
            return {};
        case Crl::Standing::not_yet:
            return " begins only on " + certs::to_text(crl.this_update);
        case Crl::Standing::ended:
            return crl.says_an_end ? " ended on " + certs::to_text(crl.next_update)
                                   : " does not say how long it holds";
    }
    return {};
}

/// Whether an authority of that name is trusted, and none of them has signed it.
bool is_of_another(const Crl& crl, const certs::TrustStore& trust) {
    bool named = false;
    for (const certs::X509Handle& anchor : trust.certificates()) {
        if (!certs::is_named_after(crl, anchor.get())) continue;
        if (certs::is_signed_by(crl, anchor.get())) return false;
        named = true;
    }
    return named;
}

std::optional<ExpiryFinding> finding_of_list(
    const Crl& crl, const tls::TlsContext& tls, Now now, const std::string& about
) {
    const std::string what = about + crl.describe();
    if (is_of_another(crl, tls.trust())) {
        return ExpiryFinding{
            false, what +
                       " is not signed by the authority of that name that is trusted, so nobody "
                       "goes by it. Get the list of the one that is"};
    }
    const std::string ended = not_current_because(crl, now);
    if (ended.empty() || is_replaced(crl, *tls.lists(), now)) return std::nullopt;
    if (tls.rules().revocation == profiles::RevocationRule::hard) {
        return ExpiryFinding{
            true, what + ended +
                      "; servers are refused whose chain has a certificate of that authority "
                      "(revocation: hard). Put the present list in that file's place"};
    }
    return ExpiryFinding{
        false, what + ended +
                   "; what it lists is refused, and what was revoked since is not noticed. Put the "
                   "present list in that file's place"};
}

}  // namespace

std::vector<ExpiryFinding> crl_findings(const Generation& generation, Now now) {
    std::vector<ExpiryFinding> findings;
    const auto& all = generation.profiles().profiles();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const tls::TlsContext& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
        if (tls.lists() == nullptr) continue;
        const std::string about = at(all[i].where) + "profile '" + all[i].name + "': tls.crl: ";
        for (const Crl& crl : tls.lists()->lists()) {
            if (auto finding = finding_of_list(crl, tls, now, about)) {
                findings.push_back(std::move(*finding));
            }
        }
    }
    return findings;
}

void log_crls(const Generation& generation, const Generation* before, Now now) {
    const auto known =
        before != nullptr ? crl_findings(*before, now) : std::vector<ExpiryFinding>{};
    for (const ExpiryFinding& finding : crl_findings(generation, now)) {
        const bool was_told = std::ranges::any_of(known, [&](const ExpiryFinding& one) {
            return one.sentence == finding.sentence;
        });
        if (was_told) continue;
        finding.grave ? log::error("{}", finding.sentence) : log::warning("{}", finding.sentence);
    }
}

}  // namespace countersign::proxy::generation
