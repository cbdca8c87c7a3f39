#include "proxy/admin/recent_survey.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

namespace countersign::proxy::admin {
namespace {

using std::chrono::milliseconds;

class RecentSurveyTest : public testing::Test {
protected:
    RecentSurveyTest() {
        one_.enable(true);
        two_.enable(true);
    }
    static void end(live::ExchangeRing& ring) {
        ExchangeRecord record;
        record.method = "GET";
        ring.add(record, {}, nullptr);
    }
    /// After what is known is not fresh any more.
    void refresh(milliseconds patience) {
        boost::asio::steady_timer until_stale{context_, RecentSurvey::kFresh};
        until_stale.wait();
        start(patience);
        context_.restart();
        context_.run();
    }
    void start(milliseconds patience) {
        boost::asio::co_spawn(context_, survey_.refresh(patience), [](std::exception_ptr) {});
    }

    live::ExchangeRing one_;
    live::ExchangeRing two_;
    int asked_one_ = 0;
    std::function<void()> two_answers_;  ///< it stands still until that is called
    boost::asio::io_context context_{1};
    RecentSurvey survey_{
        context_,
        {[this](std::uint64_t after, live::RecentExchanges into, const auto& done) {
             ++asked_one_;
             done(one_.since(after, std::move(into)));
         },
         [this](std::uint64_t after, const live::RecentExchanges&, const auto& done) {
             two_answers_ = [this, after, done] { done(two_.since(after, {})); };
         }}};
};

TEST_F(RecentSurveyTest, HasWhatTheOthersSayWhereOneStandsStill) {
    end(one_);
    end(two_);
    refresh(milliseconds{5});
    EXPECT_EQ(survey_.board().newest(), 1U);
    EXPECT_EQ(survey_.silent_workers(), 1U);

    two_answers_();
    end(one_);
    refresh(milliseconds{5});
    EXPECT_EQ(survey_.board().newest(), 3U) << "what was said late is told with the next question";
    EXPECT_EQ(survey_.silent_workers(), 0U);
}

TEST_F(RecentSurveyTest, AsksOnceForAllThatWait) {
    start(std::chrono::hours{1});
    start(std::chrono::hours{1});
    context_.poll();
    end(one_);
    two_answers_();
    context_.run();
    EXPECT_EQ(asked_one_, 1);
    start(std::chrono::hours{1});
    context_.restart();
    context_.run();
    EXPECT_EQ(asked_one_, 1) << "what is known is fresh";
}

TEST_F(RecentSurveyTest, TellsNothingTwice) {
    end(one_);
    refresh(milliseconds{5});
    refresh(milliseconds{5});
    EXPECT_EQ(survey_.board().newest(), 1U);
    EXPECT_EQ(asked_one_, 2);
}

TEST_F(RecentSurveyTest, WaitsForNobodyThatHasEnded) {
    start(std::chrono::hours{1});
    context_.poll();
    survey_.ended(1);
    end(one_);
    context_.run();
    refresh(std::chrono::hours{1});
    EXPECT_EQ(survey_.board().newest(), 1U);
    EXPECT_EQ(survey_.silent_workers(), 0U);
}

TEST_F(RecentSurveyTest, ForgetsWhatIsOnTheBoard) {
    end(one_);
    refresh(milliseconds{5});
    survey_.forget();
    EXPECT_EQ(survey_.board().one(1), "");
}

}  // namespace
}  // namespace countersign::proxy::admin
