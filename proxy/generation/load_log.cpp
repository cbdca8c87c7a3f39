#include "proxy/generation/load_log.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
    std::vector<CertificateTerm> terms = generation.terms();
    if (before != nullptr) {
        std::set<std::pair<std::string_view, std::string_view>> known;
        for (const CertificateTerm& term : before->terms())
            known.emplace(term.record, term.fingerprint);
        std::erase_if(terms, [&](const CertificateTerm& term) {
            return known.contains({term.record, term.fingerprint});
        });
    }
    log_expiry(terms, std::chrono::system_clock::now());
}

}  // namespace countersign::proxy::generation
