#include "proxy/upstream/handshake_turns.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "proxy/net/task.hpp"
#include "proxy/net/turn.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::upstream {
namespace {

/// Steps by the round in which they were taken.
using Steps = std::map<net::TimePoint, unsigned>;

net::Task<void> take_step(net::EventLoop& loop, HandshakeTurns& turns, bool first) {
    for (HandshakeTurns::Step step{.first = first}; !turns.take(step); step.waited = true) {
        net::GiveTurn turn{loop};
        co_await turn;
    }
}

net::Task<void> take_steps(net::EventLoop& loop, HandshakeTurns& turns, Steps& steps) {
    for (const bool first : {true, false}) {
        co_await take_step(loop, turns, first);
        ++steps[loop.now()];
    }
}

TEST(HandshakeTurns, AFewAreTakenInARoundAndAllInTheEnd) {
    constexpr unsigned kHandshakes = 25;
    net::TestLoop loop;
    HandshakeTurns turns{loop.event_loop()};
    Steps steps;
    for (unsigned i = 0; i < kHandshakes; ++i) {
        loop.spawn(take_steps(loop.event_loop(), turns, steps));
    }

    loop.run();

    unsigned all = 0;
    for (const auto& [round, count] : steps) {
        EXPECT_LE(count, HandshakeTurns::kInARound);
        all += count;
    }
    EXPECT_EQ(all, 2 * kHandshakes);
}

net::Task<void> note_when(
    net::EventLoop& loop, HandshakeTurns& turns, bool first, std::string& story
) {
    co_await take_step(loop, turns, first);
    story += first ? 'b' : 'g';
}

TEST(HandshakeTurns, WhatIsUnderWayGoesBeforeWhatIsToBegin) {
    net::TestLoop loop;
    HandshakeTurns turns{loop.event_loop()};
    std::string story;
    for (const bool first : {true, false}) {
        for (unsigned i = 0; i < 2 * HandshakeTurns::kInARound; ++i) {
            loop.spawn(note_when(loop.event_loop(), turns, first, story));
        }
    }

    loop.run();

    EXPECT_EQ(
        story,
        "bbbb"
        "gggggggg"
        "bbbb"
    );
}

}  // namespace
}  // namespace countersign::proxy::upstream
