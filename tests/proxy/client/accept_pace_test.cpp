#include "proxy/client/accept_pace.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::proxy::client {
namespace {

/// A listener that hears of connections again and again: so many wait there each time.
struct Rounds {
    unsigned calls = 0;
    unsigned accepted = 0;

    void hear(AcceptPace& pace, unsigned waiting) {
        const unsigned most = pace.next();
        const unsigned taken = std::min(most, waiting);
        const bool no_more = taken < most;
        accepted += taken;
        calls += taken + (no_more ? 1 : 0);
        pace.note(taken, no_more);
    }
};

TEST(AcceptPace, CallsInVainOnceInAWhileWhereOneComesAtATime) {
    AcceptPace pace;
    Rounds rounds;

    for (int i = 0; i < 160; ++i) rounds.hear(pace, 1);

    EXPECT_EQ(rounds.accepted, 160U);
    EXPECT_EQ(rounds.calls, 170U);
}

TEST(AcceptPace, IsAsManyAsComeAtATime) {
    AcceptPace pace;
    Rounds rounds;
    for (unsigned i = 0; i < AcceptPace::kLookEvery; ++i) rounds.hear(pace, 5);
    rounds = {};

    for (unsigned i = 1; i < AcceptPace::kLookEvery; ++i) rounds.hear(pace, 5);

    EXPECT_EQ(rounds.accepted, 5 * (AcceptPace::kLookEvery - 1));
    EXPECT_EQ(rounds.calls, rounds.accepted);
}

TEST(AcceptPace, TakesABacklogInLargeParts) {
    AcceptPace pace;
    Rounds rounds;
    unsigned backlog = 1000;
    unsigned heard = 0;

    for (; backlog > 0; ++heard) {
        const unsigned before = rounds.accepted;
        rounds.hear(pace, backlog);
        backlog -= rounds.accepted - before;
        EXPECT_LE(rounds.accepted - before, AcceptPace::kMost);
    }

    EXPECT_LE(heard, AcceptPace::kLookEvery + 1000 / AcceptPace::kMost + 1);
}

}  // namespace
}  // namespace countersign::proxy::client
