#include "proxy/net/plain_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "proxy/net/turn.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

using std::chrono::milliseconds;

class PlainStreamTest : public testing::Test {
protected:
    TestLoop loop_;
    SocketPair pair_;
    PlainStream stream_{loop_.event_loop(), std::move(pair_.ours)};
};

Task<void> linger(PlainStream& stream, TimePoint deadline, bool& ended) {
    co_await stream.linger(deadline);
    ended = true;
}
Task<void> close_after_the_answer(EventLoop& event_loop, SocketPair& pair, bool& ended) {
    pair.say("more of a body that nobody wants");
    co_await next_round(event_loop);
    char byte;
    EXPECT_EQ(::recv(pair.peer(), &byte, 1, 0), 0) << "the client is told that this was all";
    EXPECT_FALSE(ended);
    pair.close();
}

TEST_F(PlainStreamTest, LingersUntilTheClientHasClosedToo) {
    bool ended = false;
    loop_.spawn(linger(stream_, kNever, ended));

    loop_.run(close_after_the_answer(loop_.event_loop(), pair_, ended));

    EXPECT_TRUE(ended);
}

TEST_F(PlainStreamTest, LingersNoLongerThanItsDeadline) {
    bool ended = false;
    const TimePoint deadline = Clock::now() + milliseconds{10};

    loop_.run(linger(stream_, deadline, ended));

    EXPECT_TRUE(ended);
    EXPECT_GE(Clock::now(), deadline);
}

/// There is always more; `most`: what was read of it before this had its turn again.
Task<void> say_without_end(EventLoop& event_loop, SocketPair& pair, std::size_t& most) {
    constexpr int kTurns = 10;
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < kTurns; ++i) {
        GiveTurn turn{event_loop};
        co_await turn;
        most = std::max(most, pair.say(block));
    }
    pair.close();
}

// A scenario could not fail: between two processes the socket is empty soon enough, and that is a
// turn for the others as well.
TEST_F(PlainStreamTest, LingeringGivesTurnsToTheOthers) {
    const std::size_t room = pair_.say(std::string(1 << 20, 'x'));
    std::size_t most = 0;
    bool ended = false;
    loop_.spawn(linger(stream_, kNever, ended));

    loop_.run(say_without_end(loop_.event_loop(), pair_, most));

    EXPECT_GT(most, 0U);
    EXPECT_LT(most, room * 3 / 4) << "all that was there, in one go";
}

}  // namespace
}  // namespace countersign::proxy::net
