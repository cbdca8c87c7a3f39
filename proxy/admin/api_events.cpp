#include <boost/json/serialize.hpp>
#include <utility>

#include "proxy/admin/api.hpp"
#include "proxy/admin/exchange_question.hpp"
#include "proxy/admin/live_document.hpp"

namespace countersign::proxy::admin {

// Streams of events; what is asked otherwise is in api.cpp.

namespace {

using boost::asio::awaitable;

constexpr auto kForAnswers = std::chrono::seconds{1};
constexpr auto kBetweenEvents = std::chrono::seconds{1};
/// Streams of events, which stay: the others of the 64 connections are for who asks and goes.
constexpr unsigned kMostWatching = 16;

/// One event of a stream. `data` is of one line.
std::string event_of(std::string_view name, std::string_view data) {
    return "event: " + std::string{name} + "\ndata: " + std::string{data} + "\n\n";
}

}  // namespace

/// A stream of events: while it is there, it has one of the places.
class Api::Watch : public EventSource {
public:
    Watch(
        Api& api, const Caller& caller, const Credentials& credentials,
        const EventQuestion& question
    )
        : api_{api},
          caller_{caller},
          watching_{api.watching_},
          credentials_{credentials},
          question_{question} {
        ++*watching_;
    }
    ~Watch() override { --*watching_; }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    awaitable<std::string> next() override {
        if (!std::exchange(first_, false)) co_await api_.pause(kBetweenEvents);
        if (api_.refusal_to_go_on(Access::read, caller_, credentials_.view())) {
            co_return std::string{};
        }
        co_await api_.from_.survey.refresh(kForAnswers);
        const metrics::WorkerSnapshot workers = api_.from_.survey.total();
        std::string events =
            event_of("live", boost::json::serialize(live_document(api_.from_.measured(workers))));
        if (!question_.exchanges) co_return events;
        const std::string ended = co_await exchanges();
        co_return events + ended;
    }

private:
    awaitable<std::string> exchanges() {
        if (!co_await api_.has_exchanges()) co_return std::string{};
        const RecentBoard& board = api_.from_.recent.board();
        if (!std::exchange(question_.has_after, true)) question_.after = board.newest();
        // A number that is not known yet is of a process before this one.
        if (question_.after > board.newest()) question_.after = 0;
        const std::string news = board.news(question_.after);
        question_.after = board.newest();
        co_return news.empty() ? std::string{} : event_of("exchanges", news);
    }

    Api& api_;
    const Caller caller_;
    const std::shared_ptr<unsigned> watching_;
    const KeptCredentials credentials_;
    EventQuestion question_;
    bool first_ = true;
};

Answer Api::events(const Caller& caller, const Call& call) {
    const auto question = event_question(call.query());
    if (!question) return problem(400, question.error());
    if (*watching_ >= kMostWatching) {
        return problem(
            503, "So many watch already that there is no place for one more. Try later."
        );
    }
    Answer answer;
    answer.type = "text/event-stream";
    if (call.method == "HEAD") return answer;
    answer.events = std::make_unique<Watch>(*this, caller, call.credentials, *question);
    return answer;
}

}  // namespace countersign::proxy::admin
