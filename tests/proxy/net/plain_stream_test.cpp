#include "proxy/net/plain_stream.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace countersign::proxy::net
