#include "proxy/net/either_wait.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Interest kNothing{};
constexpr Interest kInput{.input = true};
constexpr Interest kOutput{.output = true};
constexpr Interest kHangUp{.hang_up = true};

class EitherWaitTest : public testing::Test {
protected:
    /// Waits when the loop has told what is there by now, and `prepared` is done.
    Task<void> wait(
        Interest in_first, Interest in_second, TimePoint deadline, std::function<void()> prepared
    ) {
        co_await next_round(event_loop_);
        if (prepared) prepared();
        begun_ = true;
        EitherWait either{first_, in_first, second_, in_second, deadline};
        result_ = co_await either;
        ++ended_;
    }
    Task<void> once_begun(std::function<void()> what) {
        while (!begun_) co_await next_round(event_loop_);
        EXPECT_EQ(ended_, 0);
        what();
    }
    void run(
        Interest in_first, Interest in_second, const std::function<void()>& meanwhile = {},
        TimePoint deadline = kNever, std::function<void()> prepared = {}
    ) {
        loop_.spawn(wait(in_first, in_second, deadline, std::move(prepared)));
        if (meanwhile) loop_.spawn(once_begun(meanwhile));
        loop_.run();
    }
    static void fill(Descriptor& descriptor) {
        fill_socket(descriptor.fd());
        descriptor.filled();
    }
    static TimePoint soon() { return Clock::now() + milliseconds{30}; }

    TestLoop loop_;
    EventLoop& event_loop_ = loop_.event_loop();
    SocketPair first_pair_;
    SocketPair second_pair_;
    Descriptor first_{event_loop_, std::move(first_pair_.ours)};
    Descriptor second_{event_loop_, std::move(second_pair_.ours)};
    std::optional<Wait> result_;
    bool begun_ = false;
    int ended_ = 0;
};

TEST_F(EitherWaitTest, IsOverAtOnceWhereSomethingIsThere) {
    second_pair_.say("bytes");

    run(kInput, kInput);

    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(EitherWaitTest, IsEndedByTheFirst) {
    run(kInput, kInput, [&] { first_pair_.say("bytes"); });

    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(EitherWaitTest, IsEndedByTheSecond) {
    run(kInput, kInput, [&] { second_pair_.say("bytes"); });

    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(EitherWaitTest, IsEndedOnceWhereBothHaveSomething) {
    run(kInput, kInput, [&] {
        first_pair_.say("bytes");
        second_pair_.say("bytes");
    });

    EXPECT_EQ(ended_, 1);
    EXPECT_FALSE(first_.waiting());
    EXPECT_FALSE(second_.waiting());
}

TEST_F(EitherWaitTest, IsNotEndedByWhatNobodyWants) {
    run(
        kNothing, kInput, [&] { first_pair_.say("bytes"); }, soon()
    );

    EXPECT_EQ(result_, Wait::timed_out);
}

TEST_F(EitherWaitTest, WaitsForRoom) {
    const auto make_room = [&] {
        while (!first_pair_.hear().empty()) {
        }
    };

    run(kOutput, kInput, make_room, kNever, [&] { fill(first_); });

    EXPECT_EQ(result_, Wait::ready);
    EXPECT_TRUE(first_.writable());
}

TEST_F(EitherWaitTest, WaitsForInputAndRoomOfOne) {
    constexpr Interest kAll{.input = true, .output = true, .hang_up = true};

    run(
        kAll, kNothing, [&] { first_pair_.say("bytes"); }, kNever, [&] { fill(first_); }
    );

    EXPECT_EQ(result_, Wait::ready);
    EXPECT_FALSE(first_.writable());
    EXPECT_FALSE(first_.waiting());
}

TEST_F(EitherWaitTest, IsEndedByAHangUp) {
    run(kHangUp, kInput, [&] { first_pair_.close(); });

    EXPECT_EQ(result_, Wait::ready);
    EXPECT_TRUE(first_.hung_up());
}

TEST_F(EitherWaitTest, IsOverAtOnceAfterAHangUp) {
    first_pair_.close();

    run(kHangUp, kInput);

    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(EitherWaitTest, AHalfCloseIsNoHangUp) {
    run(
        kHangUp, kInput, [&] { first_pair_.finish_sending(); }, soon()
    );

    EXPECT_EQ(result_, Wait::timed_out);
}

TEST_F(EitherWaitTest, EndsAtItsDeadlineInTheFirst) {
    const TimePoint deadline = soon();

    run(kInput, kNothing, {}, deadline);

    EXPECT_EQ(result_, Wait::timed_out);
    EXPECT_GE(Clock::now(), deadline);
}

TEST_F(EitherWaitTest, EndsAtItsDeadlineInTheSecond) {
    const TimePoint deadline = soon();

    run(kHangUp, kInput, {}, deadline);

    EXPECT_EQ(result_, Wait::timed_out);
    EXPECT_GE(Clock::now(), deadline);
}

TEST_F(EitherWaitTest, IsCancelledWithEither) {
    run(
        kInput, kInput, [&] { second_.cancel(); }, Clock::now() + hours{1}
    );

    EXPECT_EQ(result_, Wait::cancelled);
    EXPECT_FALSE(first_.waiting());
}

TEST_F(EitherWaitTest, DoesNotBeginWhereOneIsCancelled) {
    run(kInput, kInput, {}, kNever, [&] { first_.cancel(); });

    EXPECT_EQ(result_, Wait::cancelled);
}

TEST_F(EitherWaitTest, IsCancelledWithTheLoop) {
    run(kHangUp, kInput, [&] { event_loop_.cancel_all(); });

    EXPECT_EQ(result_, Wait::cancelled);
}

/// Who is woken destroys both.
TEST_F(EitherWaitTest, MayEndWhatItWaitedFor) {
    std::array<SocketPair, 2> pairs;
    std::optional<Descriptor> first;
    std::optional<Descriptor> second;
    first.emplace(event_loop_, std::move(pairs[0].ours));
    second.emplace(event_loop_, std::move(pairs[1].ours));
    const auto task = [](std::optional<Descriptor>& one,
                         std::optional<Descriptor>& other) -> Task<void> {
        {
            EitherWait either{*one, kInput, *other, kHangUp, kNever};
            co_await either;
        }
        one.reset();
        other.reset();
    };
    loop_.spawn(task(first, second));

    pairs[0].close();
    pairs[1].close();
    loop_.run();

    EXPECT_FALSE(first);
}

}  // namespace
}  // namespace countersign::proxy::net
