#include "proxy/server/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

#include "tests/support/notify_socket.hpp"

namespace countersign::proxy::server {
namespace {

using std::chrono::milliseconds;

class WatchdogTest : public testing::Test {
protected:
    WatchdogTest() {
        ::setenv("NOTIFY_SOCKET", manager_side_.path().c_str(), 1);
        ::setenv("WATCHDOG_USEC", "30000", 1);
        manager_.emplace();
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
    }

    const tests::NotifySocket manager_side_;
    std::optional<ServiceManager> manager_;
    boost::asio::io_context context_{1};
};

TEST_F(WatchdogTest, IsFedOnlyWhenAllWorkersHaveAnswered) {
    std::vector<std::function<void()>> asked;
    Watchdog watchdog{context_, *manager_, 2, [&](const std::function<void()>& answer) {
                          asked.push_back(answer);
                      }};

    context_.run_for(milliseconds{60});
    ASSERT_EQ(asked.size(), 1U) << "who has not answered is not asked again";
    asked[0]();
    context_.run_for(milliseconds{60});
    EXPECT_THROW(manager_side_.next(milliseconds{0}), std::runtime_error) << "one stands still";

    asked[0]();
    context_.run_for(milliseconds{60});
    EXPECT_EQ(manager_side_.next(), "WATCHDOG=1");
    EXPECT_EQ(asked.size(), 2U);
    watchdog.stop();
}

TEST_F(WatchdogTest, IsFedInADrainWhileTheMainThreadTurns) {
    int asked = 0;
    Watchdog watchdog{context_, *manager_, 1, [&](const std::function<void()>&) { ++asked; }};
    context_.run_for(milliseconds{60});
    ASSERT_EQ(asked, 1);

    watchdog.ask_nobody();
    context_.run_for(milliseconds{60});

    EXPECT_EQ(manager_side_.next(), "WATCHDOG=1");
    EXPECT_EQ(asked, 1);
    watchdog.stop();
}

TEST_F(WatchdogTest, AsksNobodyWhereNobodyWatches) {
    const ServiceManager unwatched;
    int asked = 0;
    Watchdog watchdog{context_, unwatched, 1, [&](const std::function<void()>&) { ++asked; }};

    context_.run_for(milliseconds{50});

    EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace countersign::proxy::server
