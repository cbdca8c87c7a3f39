#include "proxy/generation/load_log.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/generation/crl_findings.hpp"
#include "proxy/generation/refused_identities.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::generation {

void log_problems(
    const LoadProblems& problems, const std::filesystem::path& configuration, std::string_view so
) {
    for (const std::string& problem : problems.lines) log::error("{}", problem);
    if (!problems.hint.empty()) log::info("{}", problems.hint);
    log::error("{} problem(s) in {}: {}", problems.lines.size(), configuration.string(), so);
}

namespace {

using Sentences = std::vector<std::string>;

void warn(const Sentences& sentences, const Sentences& known) {
    for (const std::string& sentence : sentences) {
        const bool was_told = std::ranges::find(known, sentence) != known.end();
        if (!was_told) log::warning("{}", sentence);
    }
}

}  // namespace

void log_remarks(const Generation& generation, const Generation* before) {
    warn(generation.warnings(), before != nullptr ? before->warnings() : Sentences{});
    warn(generation.notes(), before != nullptr ? before->notes() : Sentences{});
    warn(generation.trust_faults(), before != nullptr ? before->trust_faults() : Sentences{});
    log_refused_identities(generation, before);
    std::vector<CertificateTerm> terms = generation.terms();
    if (before != nullptr) {
        std::set<std::pair<std::string_view, std::string_view>> known;
        for (const CertificateTerm& term : before->terms())
            known.emplace(term.record, term.fingerprint);
        std::erase_if(terms, [&](const CertificateTerm& term) {
            return known.contains({term.record, term.fingerprint});
        });
    }
    const auto now = std::chrono::system_clock::now();
    log_expiry(terms, now);
    log_crls(generation, before, now);
}

}  // namespace countersign::proxy::generation
