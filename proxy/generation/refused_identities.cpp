#include "proxy/generation/refused_identities.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::generation {
namespace {

/// A sentence of lint, and the profiles that it is true of.
struct Refusal {
    std::string record;
    std::string sentence;
    std::vector<std::string> profiles;
};

std::vector<Refusal> refusals_of(const Generation& generation) {
    std::vector<Refusal> all;
    const auto& profiles = generation.profiles().profiles();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const tls::TlsContext& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
        for (const auto& [certificate, weakness] : tls.refused()) {
            const std::string& record = *profiles[i].key_store;
            std::string sentence = generation.leaf_place(record) + ": ";
            sentence +=
                certs::in_quotes(certs::subject_of(certificate)) + " " + weakness.says + ". ";
            sentence += certs::remedy_of(weakness, certificate == tls.identity()->leaf());
            const auto known = std::ranges::find_if(all, [&](const Refusal& one) {
                return one.record == record && one.sentence == sentence;
            });
            Refusal& refusal = known != all.end()
                                   ? *known
                                   : all.emplace_back(Refusal{record, std::move(sentence), {}});
            refusal.profiles.push_back(certs::in_quotes(profiles[i].name));
        }
    }
    return all;
}

}  // namespace

std::vector<ExpiryFinding> refused_identities(const Generation& generation) {
    std::vector<ExpiryFinding> findings;
    for (const Refusal& one : refusals_of(generation)) {
        const auto* const record = generation.configuration().find_certificate(one.record);
        std::string text = record->where.empty() ? "" : record->where + ": ";
        text += "certificate record " + certs::in_quotes(one.record) + ": " + one.sentence;
        text += " Until then requests of profile";
        text += one.profiles.size() == 1 ? " " : "s ";
        text += certs::enumerated(one.profiles, "and") + " are answered with 503";
        findings.push_back({true, std::move(text)});
    }
    return findings;
}

bool is_refused(const Generation& generation, std::string_view record) {
    const auto all = refusals_of(generation);
    return std::ranges::any_of(all, [&](const Refusal& one) { return one.record == record; });
}

void log_refused_identities(const Generation& generation, const Generation* before) {
    const auto known =
        before != nullptr ? refused_identities(*before) : std::vector<ExpiryFinding>{};
    for (const ExpiryFinding& finding : refused_identities(generation)) {
        const bool was_told = std::ranges::any_of(known, [&](const ExpiryFinding& one) {
            return one.sentence == finding.sentence;
        });
        if (!was_told) log::error("{}", finding.sentence);
    }
}

}  // namespace countersign::proxy::generation
