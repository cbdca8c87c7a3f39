#include <gtest/gtest.h>

#include <optional>

#include "proxy/net/descriptor.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy {
namespace {

using std::chrono::milliseconds;

Task<void> wait_readable(Descriptor& descriptor, TimePoint deadline, std::optional<Wait>& result) {
    result = co_await descriptor.wait_readable(deadline);
}

class CancelOnHangUp : public testing::Test {
protected:
    TestLoop loop_;
    EventLoop& event_loop_ = loop_.event_loop();
    SocketPair pair_;
    Descriptor descriptor_{event_loop_, pair_.ours};
    std::optional<Wait> read_;
    SocketPair client_pair_;
    Descriptor client_{event_loop_, client_pair_.ours};
};

TEST_F(CancelOnHangUp, EndsTheWaitForTheOtherWhenThisOneIsGone) {
    client_.cancel_on_hang_up(&descriptor_);
    loop_.spawn(wait_readable(descriptor_, kNever, read_));

    client_pair_.close();
    loop_.run();

    EXPECT_EQ(read_, Wait::cancelled);
}

TEST_F(CancelOnHangUp, AHalfCloseEndsNothing) {
    client_.cancel_on_hang_up(&descriptor_);
    loop_.spawn(wait_readable(descriptor_, kNever, read_));
    client_pair_.finish_sending();
    loop_.spawn(next_round(event_loop_));

    pair_.say("the answer");
    loop_.run();

    EXPECT_EQ(read_, Wait::ready);
}

TEST_F(CancelOnHangUp, IsOverWhenItIsTakenBack) {
    client_.cancel_on_hang_up(&descriptor_);
    client_.cancel_on_hang_up(nullptr);
    client_pair_.close();
    loop_.spawn(wait_readable(descriptor_, Clock::now() + milliseconds{5}, read_));

    loop_.run();

    EXPECT_EQ(read_, Wait::timed_out);
}

Task<void> hang_up_then_wait(
    Descriptor& client, SocketPair& pair, Descriptor& upstream, std::optional<Wait>& result
) {
    pair.close();
    co_await next_round(client.loop());
    EXPECT_TRUE(client.hung_up());
    client.cancel_on_hang_up(&upstream);
    co_await wait_readable(upstream, Clock::now() + milliseconds{5}, result);
}

TEST_F(CancelOnHangUp, CountsTooForOneThatWasGoneBefore) {
    loop_.run(hang_up_then_wait(client_, client_pair_, descriptor_, read_));

    EXPECT_EQ(read_, Wait::cancelled);
}

}  // namespace
}  // namespace countersign::proxy
