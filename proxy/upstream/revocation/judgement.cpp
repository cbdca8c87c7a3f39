#include "proxy/upstream/revocation/judgement.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "proxy/tls/revocation.hpp"

namespace countersign::proxy::upstream::revocation {

namespace {

tls::RevocationFinding unanswered(
    const std::vector<tls::RevocationQuestion>& questions, std::size_t index,
    std::vector<std::string> problems
) {
    tls::RevocationFinding finding;
    finding.error = questions[index].error;
    finding.question = index;
    finding.objection = questions[index].objection;
    finding.objection.asked = std::move(problems);
    return finding;
}

}  // namespace

std::optional<tls::RevocationFinding> judge(
    const std::vector<tls::RevocationQuestion>& questions, const std::vector<SharedAnswer>& answers,
    profiles::RevocationRule rule
) {
    tls::RevocationFinding finding;
    const bool hard = rule == profiles::RevocationRule::hard;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i] == nullptr || answers[i]->status != Answer::Status::revoked) continue;
        finding.error = X509_V_ERR_CERT_REVOKED;
        finding.question = i;
        finding.objection.source = answers[i]->source;
        finding.objection.since = answers[i]->since;
        finding.objection.reason = answers[i]->reason;
        return finding;
    }
    if (!hard) return finding;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i] == nullptr) continue;
        if (answers[i]->status == Answer::Status::unknown) {
            return unanswered(questions, i, answers[i]->problems);
        }
        finding.known_until = std::min(finding.known_until, answers[i]->until);
    }
    return std::ranges::find(answers, nullptr) == answers.end() ? std::optional{finding}
                                                                : std::nullopt;
}

tls::RevocationFinding judge_late(
    const std::vector<tls::RevocationQuestion>& questions, const std::vector<SharedAnswer>& answers,
    const std::string& limit
) {
    const auto at = std::ranges::find(answers, nullptr);
    const auto index = static_cast<std::size_t>(at - answers.begin());
    const tls::RevocationQuestion& question = questions[index];
    std::vector<std::string> problems;
    for (const std::string& url : question.responders) {
        problems.push_back(url + " (OCSP): no answer yet after " + limit);
    }
    // They are asked one after the other.
    if (problems.empty()) {
        for (const std::string& url : question.lists) {
            problems.push_back(url + " (CRL): no answer yet after " + limit);
        }
    }
    return unanswered(questions, index, std::move(problems));
}

}  // namespace countersign::proxy::upstream::revocation
