#include "proxy/net/sleep.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy {
namespace {

using std::chrono::milliseconds;

Task<void> sleep_until(Reactor& reactor, TimePoint until, char name, std::string& story) {
    Sleep sleep{reactor, until};
    co_await sleep;
    story += name;
}

TEST(Sleep, EndsAtItsTimeAndNotBefore) {
    TestLoop loop;
    std::string story;
    const TimePoint until = Clock::now() + milliseconds{15};

    loop.run(sleep_until(loop.reactor(), until, 'a', story));

    EXPECT_EQ(story, "a");
    EXPECT_GE(Clock::now(), until);
}

TEST(Sleep, SeveralEndInTheOrderOfTheirTimes) {
    TestLoop loop;
    std::string story;
    const TimePoint now = Clock::now();

    loop.spawn(sleep_until(loop.reactor(), now + milliseconds{3}, 'c', story));
    loop.spawn(sleep_until(loop.reactor(), now + milliseconds{1}, 'a', story));
    loop.spawn(sleep_until(loop.reactor(), now + milliseconds{2}, 'b', story));
    loop.run();

    EXPECT_EQ(story, "abc");
}

TEST(Sleep, DoesNotBeginOnACancelledReactor) {
    TestLoop loop;
    std::string story;
    loop.reactor().cancel_all();

    loop.spawn(sleep_until(loop.reactor(), kNever, 'a', story));

    EXPECT_EQ(story, "a");
}

}  // namespace
}  // namespace countersign::proxy
