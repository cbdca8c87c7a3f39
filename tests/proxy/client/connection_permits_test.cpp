#include "proxy/client/connection_permits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string_view>
#include <thread>
#include <vector>

namespace countersign::proxy::client {
namespace {

using Admission = routing::Peer::Admission;
using Limits = ConnectionPermits::Limits;

routing::Peer at(std::string_view address, std::uint32_t listener = 0) {
    routing::Peer peer;
    peer.address = *profiles::IpAddress::parse(address);
    peer.listener = generation::ListenerId{listener};
    return peer;
}

/// As many as there are, of `tries`.
std::vector<ConnectionPermits::Permit> taken(
    ConnectionPermits& permits, const routing::Peer& peer, const Limits& limits, int tries
) {
    std::vector<ConnectionPermits::Permit> held;
    for (int i = 0; i < tries; ++i) {
        auto got = permits.take(peer, limits);
        if (got.permit) held.push_back(std::move(*got.permit));
    }
    return held;
}

/// Each limit by itself: 1 connection, the limit, one more, four times as many.
TEST(ConnectionPermits, AreThereUntilALimitIsReached) {
    struct Row {
        const char* name;
        Limits limits;
        Admission refusal;
    };
    constexpr std::uint32_t kLimit = 3;
    for (const Row& row : {
             Row{"all", {kLimit, 0, 0}, Admission::over_limit},
             Row{"listener", {100, kLimit, 0}, Admission::over_listener_limit},
             Row{"client", {100, 0, kLimit}, Admission::over_address_limit},
         }) {
        ConnectionPermits permits;
        const routing::Peer peer = at("10.0.0.7");

        EXPECT_EQ(taken(permits, peer, row.limits, 1).size(), 1U) << row.name;
        EXPECT_EQ(taken(permits, peer, row.limits, kLimit).size(), kLimit) << row.name;
        const auto held = taken(permits, peer, row.limits, 4 * kLimit);
        EXPECT_EQ(held.size(), kLimit) << row.name;
        const auto refused = permits.take(peer, row.limits);
        EXPECT_FALSE(refused.permit) << row.name;
        EXPECT_EQ(refused.refusal, row.refusal) << row.name;
        EXPECT_EQ(refused.limit, kLimit) << row.name;
    }
}

TEST(ConnectionPermits, AreCountedByListenerAndByClientApart) {
    ConnectionPermits permits;
    const Limits limits{100, 2, 2};
    const auto first = taken(permits, at("10.0.0.7", 1), limits, 3);
    ASSERT_EQ(first.size(), 2U);

    EXPECT_EQ(permits.take(at("10.0.0.7", 2), limits).refusal, Admission::over_address_limit);
    EXPECT_EQ(permits.take(at("10.0.0.8", 1), limits).refusal, Admission::over_listener_limit);
    EXPECT_TRUE(permits.take(at("10.0.0.8", 2), limits).permit);
}

TEST(ConnectionPermits, ThatWereRefusedCostNothing) {
    ConnectionPermits permits;
    const Limits limits{2, 2, 1};
    {
        const auto held = taken(permits, at("10.0.0.7"), limits, 100);
        ASSERT_EQ(held.size(), 1U);

        EXPECT_TRUE(permits.take(at("10.0.0.8"), limits).permit) << "the others' places are free";
    }
    EXPECT_TRUE(permits.take(at("10.0.0.7"), limits).permit);
}

TEST(ConnectionPermits, TellTheNarrowestLimit) {
    ConnectionPermits permits;
    const auto held = taken(permits, at("10.0.0.7"), {1, 1, 1}, 1);

    EXPECT_EQ(permits.take(at("10.0.0.7"), {1, 1, 1}).refusal, Admission::over_address_limit);
    EXPECT_EQ(permits.take(at("10.0.0.8"), {1, 1, 1}).refusal, Admission::over_listener_limit);
    EXPECT_EQ(permits.take(at("10.0.0.8", 1), {1, 1, 1}).refusal, Admission::over_limit);
}

TEST(ConnectionPermits, HoldBesideLimitsThatAreSetLater) {
    ConnectionPermits permits;
    const routing::Peer peer = at("10.0.0.7");
    auto held = taken(permits, peer, {10, 0, 0}, 3);

    EXPECT_FALSE(permits.take(peer, {2, 0, 0}).permit);
    EXPECT_FALSE(permits.take(peer, {10, 3, 0}).permit)
        << "they were counted before it was limited";
    EXPECT_FALSE(permits.take(peer, {10, 0, 3}).permit);
    held.pop_back();
    EXPECT_TRUE(permits.take(peer, {10, 3, 3}).permit);
    EXPECT_FALSE(permits.take(peer, {2, 0, 0}).permit);
}

TEST(ConnectionPermits, AreNeverTooManyForAMomentAmongThreads) {
    constexpr int kLimit = 3;
    ConnectionPermits permits;
    std::atomic<int> now{0};
    std::atomic<int> most{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 20'000; ++round) {
                const auto got = permits.take(at("10.0.0.7"), {100, 0, kLimit});
                if (!got.permit) continue;
                const int held = ++now;
                int before = most.load();
                while (held > before && !most.compare_exchange_weak(before, held)) continue;
                --now;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();

    EXPECT_LE(most, kLimit);
    EXPECT_EQ(taken(permits, at("10.0.0.7"), {100, 0, kLimit}, 4).size(), std::size_t{kLimit});
}

}  // namespace
}  // namespace countersign::proxy::client
