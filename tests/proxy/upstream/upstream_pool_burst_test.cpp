#include <gtest/gtest.h>

#include <vector>

#include "tests/proxy/upstream/burst_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

net::Task<void> keep_all_when_leased(net::EventLoop& event_loop, Burst& burst, std::size_t count) {
    co_await until(event_loop, [&] { return burst.ended() == count; });
    EXPECT_TRUE(burst.failures.empty());
    for (UpstreamLease& lease : burst.leases) std::move(lease).keep();
    burst.leases.clear();
}

net::Task<void> lease_idle_again(UpstreamPool& pool, PooledOrigin& origin, std::size_t count) {
    std::vector<UpstreamLease> again;
    for (std::size_t i = 0; i < count; ++i) {
        again.push_back(pool.lease_idle(origin));
        EXPECT_TRUE(again.back()) << i;
    }
    for (UpstreamLease& lease : again) std::move(lease).keep();
    co_return;
}

net::Task<void> end_a_burst(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst,
    std::size_t count
) {
    co_await keep_all_when_leased(event_loop, burst, count);
    EXPECT_EQ(origin.idle.size(), count) << "closed because the burst has just ended";
    co_await lease_idle_again(pool, origin, count);
}

TEST_F(UpstreamPoolBurstTest, ConnectionsBeyondMaxIdleAreThereForTheNextOne) {
    const tests::ScriptedServer server{partner_.server(), answer_all};
    rules_.pool.max_idle = 3;
    PooledOrigin& origin = origin_at(server.port());

    begin(origin, 12);
    run(end_a_burst(pool(), origin, event_loop(), burst_, 12));

    EXPECT_EQ(server.connections(), 12);
}

net::Task<void> rest_after_a_burst(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst,
    std::size_t count
) {
    co_await keep_all_when_leased(event_loop, burst, count);
    std::vector<std::size_t> idle;
    event_loop.timers().expire(event_loop.now() + kTrimPeriod);
    idle.push_back(origin.idle.size());
    {
        // In this period all that are left are needed at once: none is surplus.
        std::vector<UpstreamLease> needed;
        while (!origin.idle.empty()) needed.push_back(pool.lease_idle(origin));
        for (UpstreamLease& lease : needed) std::move(lease).keep();
    }
    for (int period = 2; period <= 5; ++period) {
        event_loop.timers().expire(event_loop.now() + kTrimPeriod);
        idle.push_back(origin.idle.size());
    }
    const std::vector<std::size_t> expected{9, 9, 6, 5, 4};
    EXPECT_EQ(idle, expected);
}

TEST_F(UpstreamPoolBurstTest, WhatNobodyNeedsIsClosedOverTimeDownToMaxIdle) {
    const tests::ScriptedServer server{partner_.server(), answer_all};
    rules_.pool.max_idle = 4;
    rules_.pool.idle_timeout = std::chrono::hours{1};
    rules_.pool.max_age = std::chrono::hours{10};
    PooledOrigin& origin = origin_at(server.port());

    begin(origin, 12);
    run(rest_after_a_burst(pool(), origin, event_loop(), burst_, 12));
}

net::Task<void> keep_while_one_is_opened(
    PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst
) {
    co_await until(event_loop, [&] { return burst.leases.size() == 1; });
    co_await until(event_loop, [&] { return origin.opening == 1; });
    UpstreamLease used = std::move(burst.leases.front());
    const UpstreamConnection* const connection = &leased(used);
    co_await exchange(used);
    std::move(used).keep();
    co_await until(event_loop, [&] { return burst.leases.size() == 2; });
    EXPECT_EQ(&leased(burst.leases.back()), connection);
    EXPECT_TRUE(burst.leases.back().reused());
    EXPECT_EQ(origin.opening, 1U);
    burst.leases.clear();
}

TEST_F(UpstreamPoolBurstTest, WhoWaitsForAHandshakeTakesAConnectionThatComesFreeFirst) {
    tests::ScriptedServer::Options options = partner_.server();
    options.shakes_hands_with = 1;
    const tests::ScriptedServer server{options, answer_all};
    PooledOrigin& origin = origin_at(server.port());

    begin(origin, 2);
    run(keep_while_one_is_opened(origin, event_loop(), burst_));
}

net::Task<void> count_openings(
    PooledOrigin& origin, net::EventLoop& event_loop, const tests::ScriptedServer& server
) {
    const int most = static_cast<int>(kMostOpenings);
    co_await until(event_loop, [&] { return server.connections() == most; });
    EXPECT_EQ(origin.opening, kMostOpenings);
    EXPECT_EQ(origin.waiters.size(), kMostOpenings + 20);
    event_loop.cancel_all();
}

TEST_F(UpstreamPoolBurstTest, HandshakesUnderWayAreBounded) {
    tests::ScriptedServer::Options options = partner_.server();
    options.shakes_hands_with = 0;
    const tests::ScriptedServer server{options, answer_all};
    PooledOrigin& origin = origin_at(server.port());

    begin(origin, kMostOpenings + 20);
    run(count_openings(origin, event_loop(), server));

    EXPECT_EQ(server.connections(), static_cast<int>(kMostOpenings));
    EXPECT_EQ(burst_.failures.size(), kMostOpenings + 20);
}

net::Task<void> wait_for_all(net::EventLoop& event_loop, const Burst& burst, std::size_t count) {
    co_await until(event_loop, [&] { return burst.ended() == count; });
}

TEST_F(UpstreamPoolBurstTest, MoreThanTheBoundAreServedAllTheSame) {
    const tests::ScriptedServer server{partner_.server(), answer_all};
    const std::size_t count = kMostOpenings + 20;

    begin(origin_at(server.port()), count);
    run(wait_for_all(event_loop(), burst_, count));

    EXPECT_EQ(burst_.leases.size(), count);
    burst_.leases.clear();
}

TEST_F(UpstreamPoolBurstTest, AllAreToldWhereNothingOfTheOriginIsOpen) {
    const tests::ClosedPort closed;
    const std::size_t count = 3 * kMostOpenings;
    PooledOrigin& origin = origin_at(closed.port());

    begin(origin, count);
    run(wait_for_all(event_loop(), burst_, count));

    ASSERT_EQ(burst_.failures.size(), count);
    for (const Failure& failure : burst_.failures) {
        EXPECT_EQ(failure.code(), FailureCode::connection_refused);
    }
    EXPECT_EQ(origin.open, 0U);
    EXPECT_EQ(origin.opening, 0U);
}

net::Task<void> fail_one_of_two(PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst) {
    co_await until(event_loop, [&] { return burst.ended() == 2; });
    EXPECT_EQ(burst.leases.size(), 1U);
    EXPECT_EQ(burst.failures.size(), 1U) << "one attempt that failed is one answer";
    EXPECT_EQ(origin.open, 1U);
    burst.leases.clear();
}

TEST_F(UpstreamPoolBurstTest, AFailureIsToldToOneWhereOthersMayStillBeServed) {
    tests::ScriptedServer::Options options = partner_.server();
    options.shakes_hands_with = 1;
    const tests::ScriptedServer server{options, answer_all};
    rules_.timeouts.handshake = std::chrono::milliseconds{300};
    PooledOrigin& origin = origin_at(server.port());

    begin(origin, 2);
    run(fail_one_of_two(origin, event_loop(), burst_));

    EXPECT_EQ(burst_.failures.front().code(), FailureCode::handshake_timeout);
}

net::Task<void> wish_for_a_fresh_one(
    PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst
) {
    co_await until(event_loop, [&] { return burst.ended() == 1; });
    EXPECT_EQ(burst.leases.size(), 1U);
    if (burst.leases.empty()) co_return;
    EXPECT_FALSE(burst.leases.front().reused());
    EXPECT_LE(origin.open, origin.rules->pool.max_connections);
    burst.leases.clear();
}

net::Task<void> keep_one_of_a_burst(net::EventLoop& event_loop, Burst& burst) {
    co_await keep_all_when_leased(event_loop, burst, 1);
}

/// First a connection that rests; then somebody who wants another.
class FreshWishTest : public UpstreamPoolBurstTest {
protected:
    static net::Task<void> rest_then_wish(
        UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst
    ) {
        co_await keep_one_of_a_burst(event_loop, burst);
        net::Task<void> wishing = lease_into(pool, origin, Wish::fresh, burst);
        wishing.start();
        co_await wish_for_a_fresh_one(origin, event_loop, burst);
        co_await wishing;
    }
    static net::Task<void> wish_then_keep(
        UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Burst& burst
    ) {
        co_await until(event_loop, [&] { return burst.leases.size() == 1; });
        UpstreamLease used = std::move(burst.leases.front());
        burst.leases.clear();
        net::Task<void> wishing = lease_into(pool, origin, Wish::fresh, burst);
        wishing.start();
        co_await exchange(used);
        std::move(used).keep();
        co_await wish_for_a_fresh_one(origin, event_loop, burst);
        co_await wishing;
    }

    tests::ScriptedServer server_{partner_.server(), answer_all};
};

TEST_F(FreshWishTest, IsServedBesideAnIdleConnection) {
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 1);
    run(rest_then_wish(pool(), origin, event_loop(), burst_));

    EXPECT_EQ(server_.connections(), 2);
}

TEST_F(FreshWishTest, TakesThePlaceOfAnIdleConnectionAtTheLimit) {
    rules_.pool.max_connections = 1;
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 1);
    run(rest_then_wish(pool(), origin, event_loop(), burst_));

    EXPECT_EQ(server_.connections(), 2);
}

TEST_F(FreshWishTest, TakesThePlaceOfAConnectionThatComesFreeAtTheLimit) {
    rules_.pool.max_connections = 1;
    PooledOrigin& origin = origin_at(server_.port());

    begin(origin, 1);
    run(wish_then_keep(pool(), origin, event_loop(), burst_));

    EXPECT_EQ(server_.connections(), 2);
}

}  // namespace
}  // namespace countersign::proxy::upstream
