#include "proxy/admin/recent_survey.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "proxy/admin/await.hpp"

namespace countersign::proxy::admin {

/// One question at a time; whoever waits for it hears of its end, however it ends.
class RecentSurvey::Asking {
public:
    explicit Asking(RecentSurvey& survey) : survey_{survey} {
        survey_.asking_ = true;
        survey_.over_.expires_at(boost::asio::steady_timer::time_point::max());
    }
    ~Asking() {
        survey_.asking_ = false;
        survey_.over_.cancel();
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

private:
    RecentSurvey& survey_;
};

RecentSurvey::RecentSurvey(boost::asio::io_context& context, std::vector<Ask> workers)
    : context_{context}, answers_{context}, over_{context} {
    for (Ask& ask : workers) {
        workers_.emplace_back();
        workers_.back().ask = std::move(ask);
    }
}

boost::asio::awaitable<void> RecentSurvey::refresh(std::chrono::milliseconds patience) {
    if (asking_) {
        co_await over_.async_wait(kAwait);
        co_return;
    }
    if (asked_ != Clock::time_point{} && Clock::now() - asked_ < kFresh) co_return;
    const Asking asking{*this};
    asked_ = Clock::now();
    answers_.expires_after(patience);
    ask();
    if (!all_have_answered()) co_await answers_.async_wait(kAwait);
    take_answers();
}

void RecentSurvey::ask() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        Worker& worker = workers_[i];
        if (worker.asked || worker.answered || worker.ended) continue;
        worker.asked = true;
        worker.ask(worker.known, std::move(worker.answer), [this, i](live::RecentExchanges answer) {
            // What is posted is copied.
            auto shared = std::make_shared<live::RecentExchanges>(std::move(answer));
            boost::asio::post(context_, [this, i, shared] {
                workers_[i].asked = false;
                workers_[i].answered = true;
                workers_[i].answer = std::move(*shared);
                if (all_have_answered()) answers_.cancel();
            });
        });
    }
}

bool RecentSurvey::all_have_answered() const {
    return std::ranges::none_of(workers_, &Worker::asked);
}

void RecentSurvey::take_answers() {
    std::vector<RecentBoard::Told> told;
    silent_ = 0;
    for (const Worker& worker : workers_) {
        if (worker.answered) told.push_back({worker.known, worker.answer});
        if (worker.asked) ++silent_;
    }
    board_.add(told);
    for (Worker& worker : workers_) {
        if (std::exchange(worker.answered, false)) worker.known = worker.answer.count;
    }
}

void RecentSurvey::ended(std::size_t worker) {
    workers_[worker].ended = true;
    workers_[worker].asked = false;
    if (all_have_answered()) answers_.cancel();
}

void RecentSurvey::forget() {
    board_.clear();
    for (Worker& worker : workers_) worker.answer = {};
}

}  // namespace countersign::proxy::admin
