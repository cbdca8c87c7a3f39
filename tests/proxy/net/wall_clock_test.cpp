#include "proxy/net/wall_clock.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

TEST(WallClock, TellsTheTimeOfDay) {
    WallClock clock;
    const auto before = system_clock::now();
    const auto told = clock.at(Clock::now());
    const auto after = system_clock::now();

    // The two clocks are read one after the other: what lies between is the error.
    EXPECT_GE(told, before - milliseconds{500});
    EXPECT_LE(told, after + milliseconds{500});
}

TEST(WallClock, GoesOnWithTheSteadyClock) {
    WallClock clock;
    const TimePoint now = Clock::now();

    const auto told = clock.at(now);

    EXPECT_EQ(clock.at(now + milliseconds{999}) - told, milliseconds{999});
    EXPECT_EQ(clock.at(now - seconds{3}) - told, -seconds{3});
}

}  // namespace
}  // namespace countersign::proxy::net
