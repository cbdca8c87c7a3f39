#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "proxy/metrics/worker_snapshot.hpp"

namespace countersign::proxy::admin {

/// Asks the workers what they have counted, and so sees whether they turn. A worker answers between
/// its exchanges, on its own thread; nothing of it is shared, and it costs them nothing while
/// nobody asks. All of it is the admin thread's.
class WorkerSurvey {
public:
    using Clock = std::chrono::steady_clock;
    /// A worker that has not turned for so long does not serve anybody.
    static constexpr auto kStandstill = std::chrono::seconds{30};
    /// From any thread: the argument is called on the worker's thread with what it has counted;
    /// never, where the worker has ended.
    using Ask = std::function<void(std::function<void(metrics::WorkerSnapshot)>)>;

    WorkerSurvey(boost::asio::io_context& context, std::vector<Ask> workers);
    WorkerSurvey(const WorkerSurvey&) = delete;
    WorkerSurvey& operator=(const WorkerSurvey&) = delete;

    /// Asks those that are not being asked yet.
    void ask();
    /// The same, and waits until all have answered, as long as `patience`.
    boost::asio::awaitable<void> refresh(std::chrono::milliseconds patience);
    /// It has no more to say: what it said last goes on to count.
    void ended(std::size_t worker);

    /// Of all workers together, by their last answers.
    metrics::WorkerSnapshot total() const;
    /// How long each took to answer, or has been asked without an answer. Empty: it has ended.
    std::vector<std::optional<Clock::duration>> lags() const;

private:
    struct Worker {
        Ask ask;
        metrics::WorkerSnapshot last;
        std::optional<Clock::time_point> asked;  ///< and has not answered
        Clock::duration lag{0};
        bool ended = false;
    };

    void answered(std::size_t worker, metrics::WorkerSnapshot snapshot);
    bool all_have_answered() const;
    void wake();

    boost::asio::io_context& context_;
    std::vector<Worker> workers_;
    std::list<boost::asio::steady_timer> waiting_;
};

}  // namespace countersign::proxy::admin
