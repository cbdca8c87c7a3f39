#include "proxy/upstream/circuits.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace countersign::proxy::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Endpoint endpoint(std::uint16_t port = 443) {
    return {*profiles::IpAddress::parse("192.0.2.1"), port};
}

class CircuitsTest : public testing::Test {
protected:
    /// Where it may, as the attempt that fails or is given up next.
    bool may_dial(const Endpoint& at = endpoint()) {
        const Circuits::Leave leave = circuits_.ask(at, now_);
        if (leave.closed_until) return false;
        trial_ = leave.trial;
        return true;
    }
    bool fail(const Endpoint& at = endpoint()) {
        return circuits_.failed(at, {trial_, ECONNREFUSED, "partner.example:443"}, now_);
    }
    /// An attempt that has been under way since the circuit was closed.
    bool fail_an_old_one() {
        return circuits_.failed(endpoint(), {Circuits::kNoTrial, ETIMEDOUT}, now_);
    }
    void begin_trial() {
        now_ += Circuits::kLongestPause;
        ASSERT_TRUE(may_dial());
        ASSERT_NE(trial_, Circuits::kNoTrial);
    }
    void open() {
        for (unsigned i = 0; i < Circuits::kFailuresInARow; ++i) fail();
        ASSERT_FALSE(may_dial());
    }
    /// How long it is not dialled from now on.
    milliseconds pause() {
        const auto until = circuits_.ask(endpoint(), now_).closed_until;
        return until ? std::chrono::ceil<milliseconds>(*until - now_) : milliseconds{0};
    }

    Circuits circuits_{1};
    Circuits::Trial trial_ = Circuits::kNoTrial;
    net::TimePoint now_ = net::TimePoint{} + std::chrono::hours{1};
};

TEST_F(CircuitsTest, OpenAfterFiveFailuresInARow) {
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(fail()) << i;
        EXPECT_TRUE(may_dial()) << i;
    }
    EXPECT_EQ(circuits_.counts(now_).open, 0U);

    EXPECT_TRUE(fail());

    EXPECT_FALSE(may_dial());
    EXPECT_TRUE(may_dial(endpoint(444)));
    EXPECT_EQ(circuits_.last_error(endpoint()), ECONNREFUSED);
    EXPECT_EQ(circuits_.counts(now_).open, 1U);
    EXPECT_EQ(circuits_.counts(now_).opened, 1U);
}

TEST_F(CircuitsTest, CountFromTheLastSuccess) {
    for (int i = 0; i < 20; ++i) {
        fail();
        if (i % 4 == 3) {
            EXPECT_FALSE(circuits_.connected(endpoint()));
        }
    }

    EXPECT_TRUE(may_dial());
}

TEST_F(CircuitsTest, LetOneTryAfterEachPause) {
    open();
    for (const int most : {1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000}) {
        const milliseconds longest{most};
        const milliseconds rest = pause();
        EXPECT_LE(rest, longest);
        EXPECT_GE(rest, longest * 3 / 4);
        now_ += rest - milliseconds{1};
        EXPECT_FALSE(may_dial());
        now_ += milliseconds{1};

        EXPECT_TRUE(may_dial());
        EXPECT_FALSE(may_dial()) << "only one";
        EXPECT_FALSE(fail()) << "it was open before";
    }
    EXPECT_EQ(circuits_.counts(now_).opened, 1U);
}

TEST_F(CircuitsTest, CloseWhenTheOneConnects) {
    open();
    now_ += seconds{1};
    ASSERT_TRUE(may_dial());

    EXPECT_TRUE(circuits_.connected(endpoint()));

    EXPECT_TRUE(may_dial());
    EXPECT_TRUE(may_dial());
    EXPECT_EQ(circuits_.counts(now_).open, 0U);
}

TEST_F(CircuitsTest, LetAnotherTryWhereTheOneWasGivenUp) {
    open();
    now_ += seconds{1};
    ASSERT_TRUE(may_dial());
    ASSERT_FALSE(may_dial());

    circuits_.given_up(endpoint(), trial_);

    EXPECT_TRUE(may_dial());
}

TEST_F(CircuitsTest, GoOnWithTheirTrialWhereAnOlderAttemptFails) {
    open();
    begin_trial();

    EXPECT_FALSE(fail_an_old_one());

    EXPECT_FALSE(may_dial()) << "the trial has not ended";
    EXPECT_EQ(pause(), Circuits::kFirstPause) << "nor has another pause begun";
    EXPECT_FALSE(fail());
    EXPECT_GT(pause(), Circuits::kFirstPause) << "the trial's own failure doubles it";
}

TEST_F(CircuitsTest, GoOnWithTheirTrialWhereAnOlderAttemptIsGivenUp) {
    open();
    begin_trial();

    circuits_.given_up(endpoint(), Circuits::kNoTrial);

    EXPECT_FALSE(may_dial()) << "the trial has not ended";
}

/// An older attempt connects and closes the circuit; it opens again, and has another trial.
TEST_F(CircuitsTest, GoOnWithTheirTrialWhereThatOfAnEarlierTimeFails) {
    open();
    begin_trial();
    const Circuits::Trial earlier = trial_;
    ASSERT_TRUE(circuits_.connected(endpoint()));
    trial_ = Circuits::kNoTrial;
    open();
    begin_trial();

    EXPECT_FALSE(circuits_.failed(endpoint(), {earlier, ETIMEDOUT}, now_));
    circuits_.given_up(endpoint(), earlier);

    EXPECT_FALSE(may_dial()) << "the trial has not ended";
    EXPECT_EQ(pause(), Circuits::kFirstPause);
}

TEST_F(CircuitsTest, CloseWhenAnOlderAttemptConnects) {
    open();
    begin_trial();

    EXPECT_TRUE(circuits_.connected(endpoint()));

    EXPECT_FALSE(fail()) << "the trial's failure is the first of another row";
    EXPECT_TRUE(may_dial());
}

TEST_F(CircuitsTest, AreNotCountedWhereNobodyWantsThemAnyMore) {
    open();
    now_ += Circuits::kLongestPause;
    EXPECT_EQ(circuits_.counts(now_).open, 1U);

    now_ += Circuits::kFirstPause;

    EXPECT_EQ(circuits_.counts(now_).open, 0U);
}

TEST_F(CircuitsTest, AreToldWithTheDestinationTheReasonAndTheTimeOfTheNextAttempt) {
    EXPECT_TRUE(circuits_.open(now_).empty());
    open();
    fail(endpoint(444));

    const std::vector<metrics::OpenCircuit> told = circuits_.open(now_);

    ASSERT_EQ(told.size(), 1U) << "one failure opens nothing";
    EXPECT_EQ(told[0].address, "192.0.2.1:443");
    EXPECT_EQ(told[0].destination, "partner.example:443");
    EXPECT_EQ(told[0].reason, "Connection refused");
    EXPECT_EQ(told[0].failures, 5U);
    EXPECT_EQ(told[0].next_attempt, pause());
    now_ += Circuits::kFirstPause;
    EXPECT_EQ(circuits_.open(now_).at(0).next_attempt, milliseconds{0}) << "it may be made now";
    now_ += Circuits::kLongestPause;
    EXPECT_TRUE(circuits_.open(now_).empty()) << "nobody has wanted it";
}

TEST_F(CircuitsTest, AreToldUpToABound) {
    constexpr auto kMore = static_cast<std::uint16_t>(metrics::kCircuitsTold + 1);
    for (std::uint16_t port = 1; port <= kMore; ++port) {
        for (unsigned i = 0; i < Circuits::kFailuresInARow; ++i) fail(endpoint(port));
    }
    EXPECT_EQ(circuits_.counts(now_).open, kMore);
    EXPECT_EQ(circuits_.open(now_).size(), metrics::kCircuitsTold);
}

/// Each worker finds out by itself.
TEST(OpenCircuit, OfTwoWorkersIsToldOnce) {
    std::vector<metrics::OpenCircuit> all{
        {"192.0.2.1:443", "a.example:443", "Connection refused", 5, milliseconds{10}},
        {"192.0.2.3:443", "c.example:443", "Connection refused", 5, milliseconds{10}}};

    merge(
        all, {{"192.0.2.1:443", "b.example:443", "No route to host", 7, milliseconds{20}},
              {"192.0.2.2:443", "b.example:443", "No route to host", 5, milliseconds{10}}}
    );

    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].destination, "b.example:443") << "it has failed oftener there";
    EXPECT_EQ(all[1].address, "192.0.2.2:443");
    EXPECT_EQ(all[2].address, "192.0.2.3:443");
}

/// They were under way when it opened.
TEST_F(CircuitsTest, ManyFailuresAtOnceAreOnePause) {
    open();

    for (int i = 0; i < 100; ++i) EXPECT_FALSE(fail());

    EXPECT_LE(pause(), Circuits::kFirstPause);
}

TEST_F(CircuitsTest, HaveABound) {
    open();
    now_ += seconds{1};
    for (std::uint16_t port = 1; port <= Circuits::kMost; ++port) fail(endpoint(port));

    EXPECT_EQ(circuits_.last_error(endpoint(1)), ECONNREFUSED);
    EXPECT_TRUE(may_dial()) << "it failed first, and is forgotten";
}

}  // namespace
}  // namespace countersign::proxy::upstream
