#include "proxy/exchange/client_pace.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::exchange {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kRate = 1000;

class ClientPaceTest : public testing::Test {
protected:
    /// The client is waited for so long, and then moves so much.
    void wait_and_move(net::Clock::duration time, std::uint64_t bytes) {
        pace_.wait(now_);
        now_ += time;
        pace_.moved(bytes, now_);
    }
    bool keeps_up() const { return pace_.keeps_up(now_); }

    ClientPace pace_{kRate};
    net::TimePoint now_ = net::TimePoint{} + std::chrono::hours{1};
};

TEST_F(ClientPaceTest, WhoMovesAtTheRateKeepsUp) {
    for (int i = 0; i < 100; ++i) wait_and_move(seconds{1}, kRate);

    EXPECT_TRUE(keeps_up());
}

TEST_F(ClientPaceTest, WhoMovesAtHalfOfItLagsAfterAWhile) {
    for (int i = 0; i < 4; ++i) wait_and_move(seconds{1}, kRate / 2);
    EXPECT_TRUE(keeps_up()) << "by two seconds, and not more";

    wait_and_move(seconds{1}, kRate / 2);

    EXPECT_FALSE(keeps_up());
}

TEST_F(ClientPaceTest, AWaitThatGoesOnCounts) {
    pace_.wait(now_);
    now_ += seconds{2};
    EXPECT_TRUE(keeps_up());

    now_ += milliseconds{1};

    EXPECT_FALSE(keeps_up());
}

TEST_F(ClientPaceTest, ABurstIsNoCreditForTimeToCome) {
    wait_and_move(seconds{1}, 1'000'000);

    wait_and_move(milliseconds{2'100}, 1);

    EXPECT_FALSE(keeps_up());
}

TEST_F(ClientPaceTest, ABurstMakesUpForTimeThatIsPast) {
    wait_and_move(seconds{60}, 1);
    EXPECT_FALSE(keeps_up());

    wait_and_move(milliseconds{1}, 59'000);

    EXPECT_TRUE(keeps_up());
}

TEST_F(ClientPaceTest, TimeInWhichItIsNotWaitedForDoesNotCount) {
    wait_and_move(seconds{1}, 0);
    now_ += std::chrono::hours{1};

    EXPECT_TRUE(keeps_up());
}

TEST_F(ClientPaceTest, WithNoRateEverybodyKeepsUp) {
    ClientPace any{0};
    any.wait(now_);
    now_ += std::chrono::hours{1};

    EXPECT_TRUE(any.keeps_up(now_));
    EXPECT_FALSE(any.waits());
}

}  // namespace
}  // namespace countersign::proxy::exchange
