#include "proxy/probe/missing_issuers.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "certs/bytes.hpp"
#include "certs/certificate.hpp"
#include "certs/certificate_bundle.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/tls/issuance.hpp"
#include "proxy/tls/revocation_pointers.hpp"

namespace countersign::proxy::probe {

namespace {

constexpr std::size_t kMostFetched = 4;
constexpr std::size_t kMostBytes = std::size_t{64} << 10;
constexpr std::chrono::seconds kLimit{5};

X509* issuer_among(const std::vector<certs::X509Handle>& all, X509* certificate) {
    const auto at = std::ranges::find_if(all, [&](const certs::X509Handle& one) {
        return one.get() != certificate && tls::has_issued(one.get(), certificate);
    });
    return at == all.end() ? nullptr : at->get();
}

/// The last of those that were shown, from the server's own upwards.
X509* top_of(const std::vector<certs::X509Handle>& shown) {
    X509* top = shown.front().get();
    for (std::size_t i = 0; i < shown.size() && !tls::signs_itself(top); ++i) {
        X509* const above = issuer_among(shown, top);
        if (above == nullptr) break;
        top = above;
    }
    return top;
}

/// The one in what was fetched that has issued the certificate; null: there is none.
certs::X509Handle issuer_in(const std::string& body, const std::string& url, X509* certificate) {
    const auto found = certs::read_certificates(certs::as_bytes(body), std::nullopt, url);
    X509* const issuer = found ? issuer_among(*found, certificate) : nullptr;
    return issuer == nullptr ? certs::X509Handle{} : certs::share(issuer);
}

}  // namespace

net::Task<MissingIssuers> fetch_missing_issuers(
    net::EventLoop& loop, upstream::dns::Resolver& resolver, upstream::revocation::FetchRules rules,
    std::vector<certs::X509Handle> shown
) {
    MissingIssuers missing;
    if (shown.empty()) co_return missing;
    X509* top = top_of(shown);
    while (!tls::signs_itself(top) && missing.fetched.size() < kMostFetched) {
        certs::X509Handle issuer;
        std::string from;
        std::string problem = "it names no place of it that could be asked by http";
        for (const std::string& url : tls::http_issuers(top)) {
            upstream::revocation::FetchTerms terms;
            terms.url = url;
            terms.most_bytes = kMostBytes;
            terms.limit = kLimit;
            const upstream::revocation::Fetched got =
                co_await upstream::revocation::fetch(loop, resolver, rules, std::move(terms));
            if (got.problem.empty()) issuer = issuer_in(got.body, url, top);
            from = url;
            if (issuer != nullptr) break;
            problem = url + ": " + (got.problem.empty() ? "its issuer is not there" : got.problem);
        }
        if (issuer == nullptr) {
            missing.problem = "The issuer of " + certs::in_quotes(certs::subject_of(top)) +
                              " was not fetched: " + problem + ".";
            break;
        }
        if (tls::signs_itself(issuer.get())) break;  // no server has to send a root
        top = issuer.get();
        missing.fetched.push_back({std::move(issuer), std::move(from)});
    }
    co_return missing;
}

}  // namespace countersign::proxy::probe
