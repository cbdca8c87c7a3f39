#include "proxy/net/notice.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

using std::chrono::milliseconds;

Task<void> wait_for(Notice& notice, TimePoint deadline, std::optional<Wait>& result) {
    result = co_await notice.wait(deadline);
}

class NoticeTest : public testing::Test {
protected:
    TestLoop loop_;
    EventLoop& event_loop_ = loop_.event_loop();
    Notice notice_{event_loop_};
    std::optional<Wait> result_;
};

TEST_F(NoticeTest, AWordEndsTheWait) {
    loop_.spawn(wait_for(notice_, kNever, result_));
    EXPECT_TRUE(notice_.waiting());

    notice_.notify();

    // The waiter does not run inside the call of the one who wakes it.
    EXPECT_EQ(result_, std::nullopt);
    EXPECT_FALSE(notice_.waiting());
    loop_.run();
    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(NoticeTest, AWordBeforeTheWaitIsKept) {
    notice_.notify();

    loop_.spawn(wait_for(notice_, kNever, result_));

    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(NoticeTest, TheWaitEndsAtItsDeadlineAndNotBefore) {
    const TimePoint deadline = Clock::now() + milliseconds{15};

    loop_.run(wait_for(notice_, deadline, result_));

    EXPECT_EQ(result_, Wait::timed_out);
    EXPECT_GE(Clock::now(), deadline);
}

TEST_F(NoticeTest, ACancelEndsTheWait) {
    loop_.spawn(wait_for(notice_, kNever, result_));

    notice_.cancel();
    loop_.run();

    EXPECT_EQ(result_, Wait::cancelled);
}

TEST_F(NoticeTest, TheFirstOfAWordAndACancelCounts) {
    loop_.spawn(wait_for(notice_, kNever, result_));

    notice_.notify();
    notice_.cancel();
    loop_.run();

    EXPECT_EQ(result_, Wait::ready);
}

TEST_F(NoticeTest, DoesNotWaitOnACancelledLoop) {
    event_loop_.cancel_all();

    loop_.spawn(wait_for(notice_, kNever, result_));

    EXPECT_EQ(result_, Wait::cancelled);
}

Task<void> wait_and_forget(EventLoop& event_loop, Notice*& notice) {
    Notice own{event_loop};
    notice = &own;
    co_await own.wait(Clock::now() + std::chrono::hours{1});
    notice = nullptr;
}

TEST_F(NoticeTest, LeavesItsTimerBehindWhenItGoes) {
    Notice* other = nullptr;
    loop_.spawn(wait_and_forget(event_loop_, other));

    other->notify();
    loop_.run();

    EXPECT_EQ(other, nullptr);
    EXPECT_EQ(event_loop_.timers().earliest(), kNever);
}

}  // namespace
}  // namespace countersign::proxy::net
