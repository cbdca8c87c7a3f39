#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "proxy/metrics/revocation_counts.hpp"
#include "proxy/net/task.hpp"
#include "proxy/tls/revocation_question.hpp"
#include "proxy/upstream/revocation/answer.hpp"
#include "proxy/upstream/revocation/fetch.hpp"
#include "proxy/upstream/revocation/list_cache.hpp"
#include "proxy/upstream/revocation/terms.hpp"

namespace countersign::proxy::upstream::revocation {

/// A certificate that is asked about, and by which rules. Immutable, for any thread.
struct Subject {
    std::shared_ptr<const tls::RevocationQuestion> question;
    FetchRules rules;
    std::uint32_t rules_id = 0;  ///< as of AnswerKey
};

/// Asks those whom a certificate names, one after the other, until one says whether it is revoked:
/// its OCSP responders, then for its lists. On the thread of its loop.
class Inquiry {
public:
    /// What came of asking one: `problem` is empty where it has said it.
    struct Told {
        const std::string& url;
        bool is_list;
        metrics::RevocationFetch outcome;
        const std::string& problem;
        const Subject& subject;
    };

    /// All outlive it. `tell` is called for each one that was asked.
    Inquiry(
        net::EventLoop& loop, dns::Resolver& resolver, const Terms& terms,
        std::function<void(const Told&)> tell
    )
        : loop_{loop},
          resolver_{resolver},
          terms_{terms},
          tell_{std::move(tell)},
          lists_{terms.most_kept_bytes} {}

    /// Never throws for what a peer does.
    net::Task<Answer> ask(Subject subject);

private:
    struct Said;

    net::Task<Said> ask_responder(const Subject& subject, std::string url, net::TimePoint until);
    net::Task<Said> ask_list(const Subject& subject, std::string url, net::TimePoint until);
    net::Task<Said> fetch_list(const Subject& subject, std::string url, net::TimePoint until);
    bool settles(const Said& kept, Time fetched_at) const;
    Said read_lists(const Subject& subject, const std::string& url, const certs::CrlSet& lists)
        const;
    FetchTerms terms_for(const std::string& url, net::TimePoint until) const;

    net::EventLoop& loop_;
    dns::Resolver& resolver_;
    const Terms& terms_;
    const std::function<void(const Told&)> tell_;
    ListCache lists_;
};

}  // namespace countersign::proxy::upstream::revocation
