#include "proxy/upstream/revocation/inquiry.hpp"

#include <algorithm>
#include <utility>

#include "certs/bytes.hpp"
#include "proxy/tls/ocsp_request.hpp"
#include "proxy/tls/revocation.hpp"
#include "proxy/tls/staple.hpp"

namespace countersign::proxy::upstream::revocation {

using metrics::RevocationFetch;

/// What one of them has said.
struct Inquiry::Said {
    RevocationFetch outcome = RevocationFetch::failed;
    Answer answer = {};
    std::string problem = {};

    static Said not_fetched(Fetched fetched) {
        const bool prohibited = fetched.end == Fetched::End::prohibited;
        return {
            prohibited ? RevocationFetch::prohibited : RevocationFetch::failed,
            {},
            std::move(fetched.problem)};
    }
    void be_good(Time until) {
        outcome = RevocationFetch::good;
        answer.status = Answer::Status::good;
        answer.until = until;
    }
    /// Nothing holds longer than that it is asked about again.
    void be_revoked(std::string since, std::string reason, Time now) {
        outcome = RevocationFetch::revoked;
        answer.status = Answer::Status::revoked;
        answer.since = std::move(since);
        answer.reason = std::move(reason);
        answer.until = now;
    }
};

namespace {

/// An authority's clock may be ahead of this one.
constexpr std::chrono::minutes kAhead{5};

std::string words_for(const tls::RevocationVerdict& verdict) {
    const tls::RevocationObjection& found = verdict.objection;
    switch (verdict.error) {
        case X509_V_ERR_CRL_HAS_EXPIRED:
            return found.until.empty() ? "its list does not say how long it holds"
                                       : "its list ended on " + found.until;
        case X509_V_ERR_CRL_NOT_YET_VALID:
            return "its list begins only on " + found.from;
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
            return "its list is not signed by the certificate's authority";
        default:
            return "its list is not about this certificate";
    }
}

std::string words_for(const certs::LoadError& error, const std::string& url) {
    if (error.cause.starts_with(url)) return "it" + error.cause.substr(url.size());
    return "its list cannot be used: " + error.detail;
}

}  // namespace

net::Task<Answer> Inquiry::ask(Subject subject) {
    const tls::RevocationQuestion& question = *subject.question;
    const net::TimePoint until = net::Clock::now() + terms_.one_inquiry;
    Answer unknown;
    for (const bool is_list : {false, true}) {
        for (const std::string& url : is_list ? question.lists : question.responders) {
            if (loop_.cancelled() || net::Clock::now() >= until) break;
            Said said;
            if (is_list) {
                said = co_await ask_list(subject, url, until);
            } else {
                said = co_await ask_responder(subject, url, until);
            }
            tell_({url, is_list, said.outcome, said.problem, subject});
            if (said.problem.empty()) {
                said.answer.refresh_at = terms_.refresh_at(terms_.now(), said.answer.until);
                co_return std::move(said.answer);
            }
            unknown.problems.push_back(url + (is_list ? " (CRL): " : " (OCSP): ") + said.problem);
        }
    }
    unknown.until = terms_.now() + terms_.retry;
    co_return unknown;
}

FetchTerms Inquiry::terms_for(const std::string& url, net::TimePoint until) const {
    FetchTerms terms;
    terms.url = url;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - net::Clock::now());
    terms.limit =
        std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds{1}, terms_.one_fetch);
    return terms;
}

net::Task<Inquiry::Said> Inquiry::ask_responder(
    const Subject& subject, std::string url, net::TimePoint until
) {
    X509* const certificate = subject.question->certificate.get();
    X509* const issuer = subject.question->issuer.get();
    FetchTerms terms = terms_for(url, until);
    // GET, for a cache on the way, has the request in the path in base64, whose "/" and "+" servers
    // and proxies fold; and one process asks once in half an answer's life.
    terms.body = tls::ocsp_request(certificate, issuer);
    terms.most_bytes = terms_.most_ocsp_bytes;
    Fetched fetched = co_await fetch(loop_, resolver_, subject.rules, std::move(terms));
    if (fetched.end != Fetched::End::ok) co_return Said::not_fetched(std::move(fetched));
    Said said;
    const tls::AnswerOrigin origin{"its answer", terms_.endless};
    const tls::Staple answer = tls::look_at_answer(
        certs::as_bytes(fetched.body), certificate, issuer, terms_.now(), origin
    );
    said.answer.source = "the OCSP responder " + url;
    if (answer.status == tls::Staple::Status::good) {
        said.be_good(answer.until);
    } else if (answer.status == tls::Staple::Status::revoked) {
        said.be_revoked(answer.since, answer.reason, terms_.now());
    } else {
        said.outcome = RevocationFetch::unusable;
        said.problem = answer.text;
    }
    co_return said;
}

/// What a kept list has revoked may have been on hold: it is fetched anew as often as one asks.
bool Inquiry::settles(const Said& kept, Time fetched_at) const {
    if (!kept.problem.empty()) return false;
    const bool is_revoked = kept.outcome == RevocationFetch::revoked;
    return !is_revoked || terms_.now() < fetched_at + terms_.of_revoked;
}

net::Task<Inquiry::Said> Inquiry::ask_list(
    const Subject& subject, std::string url, net::TimePoint until
) {
    Said known;
    const ListCache::Found kept = lists_.find({url, subject.rules_id}, terms_.now());
    if (kept.lists != nullptr) {
        known = read_lists(subject, url, *kept.lists);
        if (settles(known, kept.fetched_at)) co_return known;
    }
    Said said = co_await fetch_list(subject, url, until);
    // It stays revoked until somebody says otherwise.
    const bool stays = known.outcome == RevocationFetch::revoked && !said.problem.empty();
    co_return stays ? std::move(known) : std::move(said);
}

net::Task<Inquiry::Said> Inquiry::fetch_list(
    const Subject& subject, std::string url, net::TimePoint until
) {
    FetchTerms terms = terms_for(url, until);
    terms.most_bytes = terms_.most_list_bytes;
    Fetched fetched = co_await fetch(loop_, resolver_, subject.rules, std::move(terms));
    if (fetched.end != Fetched::End::ok) co_return Said::not_fetched(std::move(fetched));
    Said said;
    auto lists = certs::CrlSet::read(certs::as_bytes(fetched.body), url);
    if (!lists) {
        said.outcome = RevocationFetch::unusable;
        said.problem = words_for(lists.error(), url);
        co_return said;
    }
    const auto shared = std::make_shared<const certs::CrlSet>(std::move(*lists));
    said = read_lists(subject, url, *shared);
    // Over plain http anybody on the way may have given one that proves nothing.
    if (!said.problem.empty()) co_return said;
    const Time now = terms_.now();
    const Time end = shared->lists().front().next_update;
    if (end <= now) co_return said;
    const ListCache::Key key{url, subject.rules_id};
    lists_.keep(key, {shared, now}, fetched.body.size(), terms_.refresh_at(now, end));
    co_return said;
}

Inquiry::Said Inquiry::read_lists(
    const Subject& subject, const std::string& url, const certs::CrlSet& lists
) const {
    X509* const certificate = subject.question->certificate.get();
    X509* const issuer = subject.question->issuer.get();
    tls::RevocationVerdict verdict = tls::ask_lists_about(certificate, issuer, lists, terms_.now());
    if (verdict.error == X509_V_ERR_CRL_NOT_YET_VALID) {
        verdict = tls::ask_lists_about(certificate, issuer, lists, terms_.now() + kAhead);
    }
    Said said;
    said.outcome = RevocationFetch::unusable;
    said.answer.source = "the CRL " + url;
    if (verdict.error == X509_V_OK) {
        said.be_good(verdict.known_until);
    } else if (verdict.error == X509_V_ERR_CERT_REVOKED) {
        said.answer.source = verdict.objection.source;
        said.be_revoked(verdict.objection.since, verdict.objection.reason, terms_.now());
    } else {
        said.problem = words_for(verdict);
    }
    return said;
}

}  // namespace countersign::proxy::upstream::revocation
