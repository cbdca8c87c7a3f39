#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "proxy/metrics/revocation_counts.hpp"
#include "proxy/upstream/revocation/answer_table.hpp"

namespace countersign::proxy::upstream::revocation {

/// Finds out whether servers' certificates are revoked, for the whole process, on a thread of its
/// own that begins with the first question: a responder that hangs holds up nobody but those who
/// need its answer. Answers are shared by all workers, kept as long as they hold, and asked anew
/// before their end.
class Service {
public:
    /// `names` outlives it.
    explicit Service(dns::NameFiles& names, Terms terms = {});
    /// What is being fetched is given up. Nobody asks any more.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// From any thread: what is known. Null: it is asked, and `waiter` woken when there is an
    /// answer.
    SharedAnswer ask(
        const std::shared_ptr<const tls::RevocationQuestion>& question,
        const profiles::AddressRules& rules, const addresses::OwnEndpoints& own_endpoints,
        Waiter waiter
    );
    /// From any thread: `inbox` is told of each certificate that turns out to be revoked, until it
    /// is gone.
    void subscribe(const std::shared_ptr<Inbox>& inbox);

    /// From any thread.
    metrics::RevocationCounts counts() const;

private:
    struct Fetcher;

    std::uint32_t id_of(const profiles::AddressRules& rules);
    void told(const Inquiry::Told& told);
    void finish(const AnswerKey& key, const Subject& subject, Answer answer);

    dns::NameFiles& names_;
    const Terms terms_;
    std::mutex mutex_;
    std::vector<profiles::AddressRules> rules_;  ///< those that were met, for whole comparisons
    AnswerTable table_{terms_};
    std::vector<std::weak_ptr<Inbox>> inboxes_;
    std::unique_ptr<Fetcher> fetcher_;           ///< null: nobody has asked yet
    std::atomic<std::uint64_t> counts_[2][5]{};  ///< OCSP and lists, by RevocationFetch
};

}  // namespace countersign::proxy::upstream::revocation
