#include "proxy/net/task_group.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "proxy/net/notice.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::net {
namespace {

Task<void> nothing() { co_return; }
Task<void> wait_for(Notice& notice) { co_await notice.wait(kNever); }
Task<void> fail_with(std::string what) {
    throw std::runtime_error{what};
    co_return;
}

TEST(TaskGroup, CountsTheTasksThatRun) {
    TestLoop loop;
    TaskGroup group;
    Notice first{loop.event_loop()};
    Notice second{loop.event_loop()};

    group.spawn(nothing());
    group.spawn(wait_for(first));
    group.spawn(wait_for(second));

    EXPECT_EQ(group.size(), 2U);
    first.notify();
    second.notify();
    loop.run(next_round(loop.event_loop()));
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, SaysWheneverTheLastTaskHasEnded) {
    TestLoop loop;
    TaskGroup group;
    int idle = 0;
    group.on_idle([&] { ++idle; });
    Notice notice{loop.event_loop()};

    group.spawn(wait_for(notice));
    group.spawn(nothing());
    EXPECT_EQ(idle, 0);
    notice.notify();
    loop.run(next_round(loop.event_loop()));
    group.spawn(nothing());

    EXPECT_EQ(idle, 2);
}

TEST(TaskGroup, ReportsWhatEscapesATaskAndGoesOn) {
    std::string reported;
    TaskGroup group{[&](std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& exception) {
            reported += exception.what();
        }
    }};

    group.spawn(fail_with("first;"));
    group.spawn(fail_with("second;"));
    group.spawn(nothing());

    EXPECT_EQ(reported, "first;second;");
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, OutlivesAnExceptionThatNobodyWantsToKnow) {
    TaskGroup group;

    group.spawn(fail_with("unheard"));

    EXPECT_EQ(group.size(), 0U);
}

}  // namespace
}  // namespace countersign::proxy::net
