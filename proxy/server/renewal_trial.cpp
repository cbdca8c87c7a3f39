#include "proxy/server/renewal_trial.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/log/log.hpp"
#include "proxy/probe/harmless_method.hpp"
#include "proxy/probe/prober.hpp"
#include "proxy/probe/request_head.hpp"
#include "proxy/probe/verdict.hpp"
#include "proxy/routing/plan.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"

namespace countersign::proxy::server {

namespace {

/// For each step: other loads wait meanwhile.
constexpr std::chrono::milliseconds kForEachStep = std::chrono::seconds{5};

/// A profile whose identity is another one than before.
struct Renewal {
    const profiles::Profile* profile;
    const certs::Identity* before;
    probe::TrialTerms terms;
    std::shared_ptr<const tls::TlsContext> former;  ///< the one before, to compare
    probe::Trial trial = {};
    std::vector<probe::OtherTrial> others = {};
};

bool is_renewed(const certs::Identity* before, const certs::Identity* next) {
    return before != nullptr && next != nullptr && before->fingerprint() != next->fingerprint();
}

probe::TrialTerms terms_of(const profiles::Profile& profile, const generation::Route& route) {
    const profiles::HttpsUrl& url = *profile.rotation.verify_with;
    upstream::addresses::OriginRules rules = *route.rules;
    for (auto* const limit :
         {&rules.timeouts.resolve, &rules.timeouts.connect, &rules.timeouts.handshake,
          &rules.timeouts.request_idle, &rules.timeouts.response_header}) {
        *limit = std::min(*limit, kForEachStep);
    }
    const auto host = routing::host_for_server(&profile, rules, url.at.host, url.at.port);
    const std::string_view method = probe::harmless_method(profile);
    probe::TrialTerms terms{url.at.host, url.at.port, route.tls, {}, std::string{method}, {}};
    terms.rules = std::make_shared<const upstream::addresses::OriginRules>(std::move(rules));
    terms.leniency = route.leniency;
    if (method.empty()) return terms;
    terms.request = probe::request_head(method, url.path, host, route.edits);
    return terms;
}

std::vector<Renewal> renewals(
    const generation::Generation& before, const generation::Generation& next
) {
    std::vector<Renewal> found;
    const auto now = std::chrono::system_clock::now();
    const auto& profiles = next.profiles().profiles();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const profiles::Profile& profile = profiles[i];
        const std::int32_t former = before.profiles().index_of(profile.name);
        if (!profile.rotation.verify_with || former < 0) continue;
        const generation::Route& route = next.route(static_cast<std::int32_t>(i));
        const certs::Identity* const was = before.route(former).tls->identity();
        if (!is_renewed(was, route.tls->identity())) continue;
        if (!generation::unusable_because(*before.route(former).tls, now).empty()) continue;
        if (!route.tls->refused().empty()) continue;  // OpenSSL would not even try
        found.push_back({&profile, was, terms_of(profile, route), before.route(former).tls});
    }
    return found;
}

/// Many paths answer 401 or 403 to whoever asks so: what the former one is answered tells.
net::Task<void> try_one(probe::Prober& prober, Renewal& renewal) {
    renewal.trial = co_await prober.attempt(renewal.terms);
    if (!probe::asks_for_comparison(renewal.trial) || renewal.trial.failure) co_return;
    probe::TrialTerms terms = renewal.terms;
    terms.tls = renewal.former;
    probe::OtherTrial other{"with the certificate before", {}};
    other.trial = co_await prober.attempt(std::move(terms));
    renewal.others.push_back(std::move(other));
}

/// A server that answers both alike refuses neither.
bool is_refused(const Renewal& renewal, const probe::Verdict& verdict) {
    if (verdict.good) return false;
    const bool alike = !renewal.others.empty() && !renewal.others.front().trial.failure &&
                       renewal.others.front().trial.status == renewal.trial.status;
    return !alike;
}

generation::HeldBack held_back(const Renewal& renewal, const probe::Verdict& verdict) {
    const profiles::Profile& profile = *renewal.profile;
    std::string text = "profile " + certs::in_quotes(profile.name) + ": the renewed certificate ";
    text += certs::in_quotes(renewal.trial.report.identity) + " is not used yet. It was tried at ";
    text += to_text(*profile.rotation.verify_with) + " (rotation.verify_with), five seconds for " +
            "each step: ";
    text +=
        verdict.text + " The certificate before, " + certs::in_quotes(renewal.before->subject());
    text += ", serves on until " + certs::to_text(renewal.before->not_after());
    text += "; the renewed one is tried again every 30 seconds. " + verdict.remedy;
    text += " To use it untried, remove verify_with, and reload.";
    return {profile.name, renewal.trial.report.fingerprint, std::move(text)};
}

void tell(const Renewal& renewal, const probe::Verdict& verdict) {
    const std::string text = "profile " + certs::in_quotes(renewal.profile->name) +
                             ": the renewed certificate " +
                             certs::in_quotes(renewal.trial.report.identity) + " was tried at " +
                             to_text(*renewal.profile->rotation.verify_with) + ": " + verdict.text;
    if (renewal.trial.sent && verdict.good) return log::info("{}", text);
    log::warning(
        "{} {}", text,
        renewal.trial.sent ? "The certificate before is answered the same, so it is used."
                           : "So nothing is known of it, and it is used: name a path in "
                             "rotation.verify_with at which the server asks for it."
    );
}

}  // namespace

std::vector<generation::HeldBack> refused_renewals(
    const generation::Generation& before, const generation::Generation& next
) {
    std::vector<Renewal> all = renewals(before, next);
    if (all.empty()) return {};
    {
        upstream::dns::NameFiles names;
        const auto own = upstream::addresses::OwnEndpoints::of(next.configuration());
        const profiles::Limits& limits = next.configuration().limits;
        probe::Prober prober{names, own, next.buffer_sizes(), limits.header_count};
        for (Renewal& one : all) prober.spawn(try_one(prober, one));
        prober.run();
    }
    std::vector<generation::HeldBack> held;
    for (const Renewal& one : all) {
        const probe::Verdict verdict = probe::judge(one.trial, one.others);
        if (is_refused(one, verdict)) {
            held.push_back(held_back(one, verdict));
        } else {
            tell(one, verdict);
        }
    }
    return held;
}

}  // namespace countersign::proxy::server
