#include "proxy/upstream/handshake_turns.hpp"

#include <gtest/gtest.h>

#include <map>

#include "proxy/net/task.hpp"
#include "proxy/net/turn.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::upstream {
namespace {

/// Steps by the round in which they were taken.
using Steps = std::map<net::TimePoint, unsigned>;

net::Task<void> take_steps(net::EventLoop& loop, HandshakeTurns& turns, Steps& steps) {
    for (int step = 0; step < 2; ++step) {
        for (bool waited = false; !turns.take(waited); waited = true) {
            net::GiveTurn turn{loop};
            co_await turn;
        }
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

}  // namespace
}  // namespace countersign::proxy::upstream
