#include "proxy/admin/worker_survey.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

namespace countersign::proxy::admin {
namespace {

using std::chrono::milliseconds;
using Done = std::function<void(metrics::WorkerSnapshot)>;

metrics::WorkerSnapshot with_clients(std::uint64_t clients) {
    metrics::WorkerSnapshot snapshot;
    snapshot.clients = clients;
    return snapshot;
}

class WorkerSurveyTest : public testing::Test {
protected:
    void refresh(milliseconds patience) {
        boost::asio::co_spawn(context_, survey_.refresh(patience), [](std::exception_ptr) {});
        context_.restart();
        context_.run();
    }

    boost::asio::io_context context_{1};
    std::vector<Done> asked_;  ///< of a worker that stands still
    WorkerSurvey survey_{
        context_,
        {[](const Done& done) { done(with_clients(3)); },
         [this](Done done) { asked_.push_back(std::move(done)); }}};
};

TEST_F(WorkerSurveyTest, AddsUpWhatAllSay) {
    boost::asio::co_spawn(
        context_, survey_.refresh(std::chrono::seconds{30}), [](std::exception_ptr) {}
    );
    context_.poll();
    ASSERT_EQ(asked_.size(), 1U);
    asked_[0](with_clients(4));
    context_.run();
    EXPECT_EQ(survey_.total().clients, 7U);
}

TEST_F(WorkerSurveyTest, WaitsForNobodyLongerThanItsPatience) {
    refresh(milliseconds{5});
    EXPECT_EQ(survey_.total().clients, 3U);
    const auto lags = survey_.lags();
    EXPECT_GE(*lags[1], milliseconds{5}) << "it has been asked all that time";
}

TEST_F(WorkerSurveyTest, AsksNobodyTwiceAtATime) {
    survey_.ask();
    survey_.ask();
    EXPECT_EQ(asked_.size(), 1U);
    asked_[0](with_clients(1));
    context_.run();
    survey_.ask();
    EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(WorkerSurveyTest, DoesNotWaitForOneThatHasEnded) {
    survey_.ask();
    asked_[0](with_clients(4));
    context_.run();
    survey_.ended(1);

    refresh(std::chrono::hours{1});

    EXPECT_EQ(survey_.total().clients, 7U) << "what it said last counts";
    EXPECT_FALSE(survey_.lags()[1]);
}

TEST_F(WorkerSurveyTest, GoesOnWhereOneEndsThatIsBeingAsked) {
    boost::asio::co_spawn(context_, survey_.refresh(std::chrono::hours{1}), [](std::exception_ptr) {
    });
    context_.poll();
    survey_.ended(1);
    context_.run();
    EXPECT_EQ(survey_.total().clients, 3U);
}

}  // namespace
}  // namespace countersign::proxy::admin
