#include "proxy/upstream/revocation/service.hpp"

#include <algorithm>
#include <deque>
#include <new>
#include <set>
#include <thread>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/log/log.hpp"
#include "proxy/net/task_group.hpp"
#include "proxy/tls/openssl_memory.hpp"

namespace countersign::proxy::upstream::revocation {

namespace {

/// The clock may be set meanwhile.
constexpr auto kLookAgain = std::chrono::minutes{1};
constexpr std::size_t kMostTroubled = 1000;

void warn_of_revoked(const Subject& subject, const Answer& answer) {
    const X509* const certificate = subject.question->certificate.get();
    std::string reason = answer.reason.empty() ? "" : " (" + answer.reason + ")";
    log::warning(
        "revocation: {} of {} was revoked on {}{}, says {}: connections to servers with it end, "
        "and new ones are refused",
        certs::in_quotes(certs::subject_of(certificate)),
        certs::in_quotes(certs::issuer_of(certificate)), answer.since, reason, answer.source
    );
}

}  // namespace

/// The thread, and what it alone touches.
struct Service::Fetcher {
    explicit Fetcher(Service& owner)
        : service{owner},
          resolver{loop, owner.names_},
          inquiry{
              loop, resolver, owner.terms_,
              [this](const Inquiry::Told& told) {
                  tell_trouble(told);
                  service.told(told);
              }},
          tasks{[](std::exception_ptr error) {
              log::escaped("a question about revocation", std::move(error));
          }} {
        thread = std::thread{[this] {
            tls::use_openssl_free_lists();
            loop.post([this] { tasks.spawn(keep_fresh()); });
            loop.run();
        }};
    }
    ~Fetcher() {
        loop.post([this] {
            waiting.clear();
            tasks.on_idle([this] { loop.stop(); });
            loop.cancel_all();
            if (tasks.size() == 0) loop.stop();
        });
        thread.join();
    }

    void begin(AnswerTable::Due due);
    void begin_waiting();
    net::Task<void> ask(AnswerTable::Due due);
    net::Task<void> keep_fresh();
    void tell_trouble(const Inquiry::Told& told);

    Service& service;
    net::EventLoop loop;
    dns::Resolver resolver;
    Inquiry inquiry;
    std::deque<AnswerTable::Due> waiting;
    std::size_t running = 0;
    net::Notice* rests = nullptr;    ///< of `keep_fresh`
    std::set<std::string> troubled;  ///< URLs of which the log has said that they cannot be had
    net::TaskGroup tasks;
    std::thread thread;
};

void Service::Fetcher::begin(AnswerTable::Due due) {
    if (loop.cancelled()) return;
    if (running < service.terms_.at_once) {
        ++running;
        tasks.spawn(ask(std::move(due)));
    } else if (waiting.size() < service.terms_.most_waiting) {
        waiting.push_back(std::move(due));
    } else {
        Answer unknown;
        unknown.until = service.terms_.now() + std::chrono::seconds{1};
        unknown.problems = {"too many others are being asked about"};
        service.finish(due.key, due.subject, std::move(unknown));
    }
}

void Service::Fetcher::begin_waiting() {
    while (running < service.terms_.at_once && !waiting.empty()) {
        AnswerTable::Due next = std::move(waiting.front());
        waiting.pop_front();
        begin(std::move(next));
    }
}

net::Task<void> Service::Fetcher::ask(AnswerTable::Due due) {
    Answer answer;
    try {
        answer = co_await inquiry.ask(due.subject);
    } catch (const std::bad_alloc&) {
        answer.until = service.terms_.now() + service.terms_.retry;
        answer.problems = {"this machine has no memory for the answer"};
    }
    service.finish(due.key, due.subject, std::move(answer));
    --running;
    if (rests != nullptr) rests->notify();
    if (!waiting.empty()) loop.post([this] { begin_waiting(); });
}

net::Task<void> Service::Fetcher::keep_fresh() {
    while (!loop.cancelled()) {
        std::vector<AnswerTable::Due> all;
        Time next;
        const Time now = service.terms_.now();
        {
            const std::lock_guard lock{service.mutex_};
            all = service.table_.take_due(now);
            next = service.table_.next_due();
        }
        for (AnswerTable::Due& due : all) begin(std::move(due));
        net::Notice notice{loop};
        rests = &notice;
        const auto pause = std::clamp<Time::duration>(
            next > now + kLookAgain ? Time::duration{kLookAgain} : next - now,
            std::chrono::milliseconds{10}, kLookAgain
        );
        co_await notice.wait(loop.now() + pause);
        rests = nullptr;
    }
}

/// Once for each that cannot be had, until it can: not for each certificate, nor each time.
void Service::Fetcher::tell_trouble(const Inquiry::Told& told) {
    if (loop.cancelled()) return;
    if (told.problem.empty()) {
        if (troubled.erase(told.url) > 0) log::info("revocation: {} answers again", told.url);
        return;
    }
    if (troubled.size() >= kMostTroubled) troubled.clear();
    if (!troubled.insert(told.url).second) return;
    log::warning(
        "revocation: the {} {} of {} was asked about {}, and did not say whether it is revoked: "
        "{}. With tls.revocation: hard, servers of which nobody says it are refused. It is asked "
        "again after {} seconds, where somebody wants to know it.",
        told.is_list ? "CRL" : "OCSP responder", told.url,
        certs::in_quotes(certs::issuer_of(told.subject.question->certificate.get())),
        certs::in_quotes(certs::subject_of(told.subject.question->certificate.get())), told.problem,
        std::chrono::duration_cast<std::chrono::seconds>(service.terms_.retry).count()
    );
}

Service::Service(dns::NameFiles& names, Terms terms) : names_{names}, terms_{std::move(terms)} {}

Service::~Service() = default;

std::uint32_t Service::id_of(const profiles::AddressRules& rules) {
    auto at = std::ranges::find(rules_, rules);
    if (at == rules_.end()) at = rules_.insert(rules_.end(), rules);
    return static_cast<std::uint32_t>(at - rules_.begin());
}

SharedAnswer Service::ask(
    const std::shared_ptr<const tls::RevocationQuestion>& question,
    const profiles::AddressRules& rules, const addresses::OwnEndpoints& own_endpoints, Waiter waiter
) {
    const std::lock_guard lock{mutex_};
    const AnswerKey key{question->key, id_of(rules)};
    AnswerTable::Looked looked = table_.look(key, std::move(waiter), terms_.now());
    if (!looked.is_to_be_asked) return looked.answer;
    const Subject subject{
        question,
        {rules, std::make_shared<const addresses::OwnEndpoints>(own_endpoints)},
        key.rules};
    table_.begin(key, subject);
    if (fetcher_ == nullptr) fetcher_ = std::make_unique<Fetcher>(*this);
    fetcher_->loop.post([fetcher = fetcher_.get(), due = AnswerTable::Due{key, subject}] {
        fetcher->begin(due);
    });
    return nullptr;
}

void Service::subscribe(const std::shared_ptr<Inbox>& inbox) {
    const std::lock_guard lock{mutex_};
    std::erase_if(inboxes_, [](const auto& one) { return one.expired(); });
    inboxes_.push_back(inbox);
}

void Service::told(const Inquiry::Told& told) {
    const auto outcome = static_cast<std::size_t>(told.outcome);
    counts_[told.is_list ? 1 : 0][outcome].fetch_add(1, std::memory_order_relaxed);
}

void Service::finish(const AnswerKey& key, const Subject& subject, Answer answer) {
    AnswerTable::Finished finished;
    std::vector<std::shared_ptr<Inbox>> told;
    if (answer.status == Answer::Status::revoked) {
        const std::lock_guard lock{mutex_};
        for (const auto& one : inboxes_) {
            if (auto inbox = one.lock()) told.push_back(std::move(inbox));
        }
    }
    const Answer said = answer;
    {
        const std::lock_guard lock{mutex_};
        finished = table_.finish(key, std::move(answer), terms_.now());
    }
    for (Waiter& waiter : finished.waiters) waiter.inbox->wake(std::move(waiter.wake));
    if (!finished.is_news) return;
    warn_of_revoked(subject, said);
    for (const auto& inbox : told) inbox->tell_revoked(key.certificate);
}

metrics::RevocationCounts Service::counts() const {
    metrics::RevocationCounts counts;
    for (std::size_t i = 0; i < counts.ocsp.size(); ++i) {
        counts.ocsp[i] = counts_[0][i].load(std::memory_order_relaxed);
        counts.lists[i] = counts_[1][i].load(std::memory_order_relaxed);
    }
    return counts;
}

}  // namespace countersign::proxy::upstream::revocation
