#include "proxy/admin/worker_survey.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "proxy/admin/await.hpp"

namespace countersign::proxy::admin {

WorkerSurvey::WorkerSurvey(boost::asio::io_context& context, std::vector<Ask> workers)
    : context_{context} {
    for (Ask& ask : workers) {
        workers_.emplace_back();
        workers_.back().ask = std::move(ask);
    }
}

void WorkerSurvey::ask() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        Worker& worker = workers_[i];
        if (worker.asked || worker.ended) continue;
        worker.asked = Clock::now();
        worker.ask([this, i](metrics::WorkerSnapshot snapshot) {
            // What is posted is copied.
            auto shared = std::make_shared<metrics::WorkerSnapshot>(std::move(snapshot));
            boost::asio::post(context_, [this, i, shared] { answered(i, std::move(*shared)); });
        });
    }
}

boost::asio::awaitable<void> WorkerSurvey::refresh(std::chrono::milliseconds patience) {
    ask();
    if (all_have_answered()) co_return;
    const auto own = waiting_.emplace(waiting_.end(), context_, patience);
    co_await own->async_wait(kAwait);
    waiting_.erase(own);
}

void WorkerSurvey::ended(std::size_t worker) {
    workers_[worker].ended = true;
    workers_[worker].asked.reset();
    wake();
}

void WorkerSurvey::answered(std::size_t worker, metrics::WorkerSnapshot snapshot) {
    Worker& one = workers_[worker];
    if (one.asked) one.lag = Clock::now() - *one.asked;
    one.asked.reset();
    one.last = std::move(snapshot);
    wake();
}

bool WorkerSurvey::all_have_answered() const {
    return std::ranges::none_of(workers_, [](const Worker& one) { return one.asked.has_value(); });
}

void WorkerSurvey::wake() {
    if (!all_have_answered()) return;
    for (boost::asio::steady_timer& each : waiting_) each.cancel();
}

metrics::WorkerSnapshot WorkerSurvey::total() const {
    metrics::WorkerSnapshot sum;
    for (const Worker& worker : workers_) sum += worker.last;
    return sum;
}

std::vector<std::optional<WorkerSurvey::Clock::duration>> WorkerSurvey::lags() const {
    std::vector<std::optional<Clock::duration>> lags;
    for (const Worker& worker : workers_) {
        if (worker.ended) {
            lags.emplace_back();
        } else {
            lags.emplace_back(worker.asked ? Clock::now() - *worker.asked : worker.lag);
        }
    }
    return lags;
}

}  // namespace countersign::proxy::admin
