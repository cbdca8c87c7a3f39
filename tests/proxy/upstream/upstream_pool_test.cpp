#include "proxy/upstream/upstream_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class UpstreamPoolTest : public testing::Test {
protected:
    UpstreamPoolTest() {
        rules_.profile = "partner";
        rules_.timeouts.connect = hours{1};
    }
    PooledOrigin& origin() { return world_.origin(server_.port(), tls_, rules_); }
    net::EventLoop& event_loop() { return world_.event_loop(); }
    UpstreamPool& pool() { return world_.pool(); }
    void run(net::Task<void> task) { world_.loop().run(std::move(task)); }

    Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("acme");
    tests::ScriptedServer server_{partner_.server(), answer_all};
    addresses::OriginRules rules_;
    PoolWorld world_;
};

net::Task<void> keep_and_lease_again(UpstreamPool& pool, PooledOrigin& origin) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    EXPECT_FALSE(lease.reused());
    const UpstreamConnection* const connection = &leased(lease);
    co_await exchange(lease);
    std::move(lease).keep();
    EXPECT_EQ(origin.idle.size(), 1U);

    UpstreamLease again = pool.lease_idle(origin);
    EXPECT_TRUE(again);
    if (!again) co_return;
    EXPECT_TRUE(again.reused());
    EXPECT_EQ(&leased(again), connection);
    EXPECT_TRUE(origin.idle.empty());
    co_await exchange(again);
    EXPECT_EQ(leased(again).age().requests, 2U);
}

TEST_F(UpstreamPoolTest, AKeptConnectionIsLeasedAgain) {
    run(keep_and_lease_again(pool(), origin()));

    EXPECT_EQ(server_.connections(), 1);
    EXPECT_EQ(origin().open, 0U);
}

net::Task<void> note_the_ends(
    UpstreamPool& pool, PooledOrigin& origin, std::vector<net::TimePoint>& ends
) {
    std::vector<UpstreamLease> leases;
    for (int i = 0; i < 6; ++i) {
        leases.push_back(co_await lease_new(pool, origin));
        if (!leases.back()) co_return;
        ends.push_back(leased(leases.back()).age().good_until);
    }
}

TEST_F(UpstreamPoolTest, ConnectionsThatWereOpenedTogetherDoNotEndTogether) {
    rules_.pool.max_age = hours{1'000};  // a tenth of it is far more than this test lasts
    const net::TimePoint start = net::Clock::now();
    std::vector<net::TimePoint> ends;

    run(note_the_ends(pool(), origin(), ends));

    ASSERT_EQ(ends.size(), 6U);
    const auto [first, last] = std::minmax_element(ends.begin(), ends.end());
    EXPECT_GT(*last - *first, hours{1}) << "all six within an hour of a hundred: once in a billion";
    EXPECT_GT(*first - start, hours{899});
    EXPECT_LE(*last - net::Clock::now(), hours{1'000});
}

net::Task<void> lease_and_forget(UpstreamPool& pool, PooledOrigin& origin) {
    {
        UpstreamLease lease = co_await lease_new(pool, origin);
        EXPECT_EQ(origin.open, 1U);
        co_await exchange(lease);
    }
    EXPECT_EQ(origin.open, 0U);
    const UpstreamLease idle = pool.lease_idle(origin);
    EXPECT_FALSE(idle);
}

TEST_F(UpstreamPoolTest, AConnectionThatNobodyKeepsIsClosed) {
    run(lease_and_forget(pool(), origin()));
}

net::Task<void> lease_three(UpstreamPool& pool, PooledOrigin& origin) {
    UpstreamLease first = co_await lease_new(pool, origin);
    UpstreamLease second = co_await lease_new(pool, origin);
    UpstreamLease third = co_await lease_new(pool, origin);
    const UpstreamConnection* const newest = &leased(third);
    std::move(first).keep();
    std::move(second).keep();
    std::move(third).keep();
    EXPECT_EQ(origin.idle.size(), 3U);
    const UpstreamLease again = pool.lease_idle(origin);
    EXPECT_TRUE(again && &leased(again) == newest) << "the most recently used first";
}

TEST_F(UpstreamPoolTest, TheMostRecentlyUsedConnectionIsLeasedFirst) {
    run(lease_three(pool(), origin()));
}

net::Task<void> keep_one(UpstreamPool& pool, PooledOrigin& origin) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    co_await exchange(lease);
    std::move(lease).keep();
}

TEST_F(UpstreamPoolTest, KeepsNoneWhereMaxIdleIsZero) {
    rules_.pool.max_idle = 0;

    run(keep_one(pool(), origin()));

    EXPECT_EQ(origin().open, 0U);
}

TEST_F(UpstreamPoolTest, KeepsNoneThatHasHadItsRequests) {
    rules_.pool.max_requests = 1;

    run(keep_one(pool(), origin()));

    EXPECT_EQ(origin().open, 0U);
}

TEST_F(UpstreamPoolTest, KeepsNoneThatIsTooOld) {
    rules_.pool.max_age = milliseconds{0};

    run(keep_one(pool(), origin()));

    EXPECT_EQ(origin().open, 0U);
}

TEST_F(UpstreamPoolTest, KeepsNoneOnceItDrains) {
    pool().close_idle();

    run(keep_one(pool(), origin()));

    EXPECT_EQ(origin().open, 0U);
}

template <class Mood>
net::Task<void> keep_and_wait_until_it_goes(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Mood mood
) {
    co_await keep_one(pool, origin);
    EXPECT_EQ(origin.idle.size(), 1U);
    mood();
    co_await until(event_loop, [&] { return origin.open == 0; });
    EXPECT_TRUE(origin.idle.empty());
}

TEST_F(UpstreamPoolTest, AnIdleConnectionGoesWhenItsTimeIsOver) {
    rules_.pool.idle_timeout = milliseconds{20};

    run(keep_and_wait_until_it_goes(pool(), origin(), event_loop(), [] {}));
}

net::Task<void> keep_and_drain(UpstreamPool& pool, PooledOrigin& origin) {
    co_await keep_one(pool, origin);
    pool.close_idle();
    EXPECT_EQ(origin.open, 0U);
}

TEST_F(UpstreamPoolTest, ADrainClosesIdleConnections) { run(keep_and_drain(pool(), origin())); }

/// A pool towards a server of which the test says when it does something after its first answer.
class MoodyServerTest : public UpstreamPoolTest {
protected:
    void SetUp() override {
        moody_.emplace(partner_.server(), [this](auto& peer) { behave(peer); });
    }
    PooledOrigin& moody_origin() { return world_.origin(moody_->port(), tls_, rules_); }

    void behave(tests::Peer& peer) {
        peer.read_request();
        peer.write(tests::ok("answer"));
        mood_.wait(0);
        if (mood_ == kSpeaks) peer.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
        if (mood_ == kSpeaks) peer.read_request();
    }
    void become(int mood) {
        mood_ = mood;
        mood_.notify_all();
    }
    void TearDown() override { become(kCloses); }

    static constexpr int kCloses = 1;
    static constexpr int kSpeaks = 2;
    std::atomic<int> mood_ = 0;
    std::optional<tests::ScriptedServer> moody_;
};

TEST_F(MoodyServerTest, AnIdleConnectionThatTheServerClosesGoes) {
    run(keep_and_wait_until_it_goes(pool(), moody_origin(), event_loop(), [this] {
        become(kCloses);
    }));
}

TEST_F(MoodyServerTest, AnIdleConnectionThatSpeaksUnaskedGoes) {
    run(keep_and_wait_until_it_goes(pool(), moody_origin(), event_loop(), [this] {
        become(kSpeaks);
    }));
}

template <class Mood>
net::Task<void> keep_after_it_became(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, Mood mood
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    co_await exchange(lease);
    UpstreamConnection& connection = leased(lease);
    mood();
    co_await until(event_loop, [&] { return connection.descriptor().readable(); });
    std::move(lease).keep();
    const UpstreamLease again = pool.lease_idle(origin);
    EXPECT_FALSE(again) << "what came unasked would be taken for the next answer";
}

TEST_F(MoodyServerTest, AConnectionThatSpokeBeforeItWasKeptIsNotLeased) {
    run(keep_after_it_became(pool(), moody_origin(), event_loop(), [this] { become(kSpeaks); }));
}

TEST_F(MoodyServerTest, AConnectionThatWasClosedBeforeItWasKeptIsNotLeased) {
    run(keep_after_it_became(pool(), moody_origin(), event_loop(), [this] { become(kCloses); }));
}

net::Task<void> fail_to_lease(
    UpstreamPool& pool, PooledOrigin& origin, std::optional<Failure>& failure
) {
    ConnectReport report;
    const Result<UpstreamLease> opened = co_await pool.await_lease(origin, Wish::any, report);
    if (!opened) failure = opened.error();
}

TEST_F(UpstreamPoolTest, AConnectionThatCannotBeOpenedLeavesNoPlaceTaken) {
    const tests::ClosedPort closed;
    PooledOrigin& nowhere = world_.origin(closed.port(), tls_, rules_);
    std::optional<Failure> failure;

    run(fail_to_lease(pool(), nowhere, failure));

    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), FailureCode::connection_refused);
    EXPECT_EQ(nowhere.open, 0U);
}

Standing all_retired(const Origin&) { return {.retired = true}; }

net::Task<void> retire_while_one_is_used(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop,
    std::weak_ptr<const tls::TlsContext> context
) {
    UpstreamLease used = co_await lease_new(pool, origin);
    UpstreamLease idle = co_await lease_new(pool, origin);
    if (!used || !idle) co_return;
    std::move(idle).keep();

    pool.judge(all_retired);

    co_await until(event_loop, [&] { return origin.idle.empty(); });
    EXPECT_EQ(origin.open, 1U);
    co_await exchange(used);
    std::move(used).keep();
    EXPECT_EQ(origin.open, 0U) << "it ends with its exchange";
    co_await until(event_loop, [&] { return context.expired(); });
}

TEST_F(UpstreamPoolTest, WhatIsRetiredEndsWithItsExchangesAndItsKeyWithIt) {
    PooledOrigin& retired = origin();
    const std::weak_ptr<const tls::TlsContext> context = std::exchange(tls_, nullptr);

    run(retire_while_one_is_used(pool(), retired, event_loop(), context));

    EXPECT_TRUE(context.expired());
}

net::Task<void> retire_many_idle_ones(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop,
    std::weak_ptr<const tls::TlsContext> context
) {
    std::vector<UpstreamLease> leases;
    for (int i = 0; i < 70; ++i) leases.push_back(co_await lease_new(pool, origin));
    for (UpstreamLease& lease : leases) std::move(lease).keep();
    EXPECT_TRUE(origin.trimmed);

    pool.judge(all_retired);

    co_await until(event_loop, [&] { return context.expired(); });
}

// More than are closed in one round, and more than max_idle: the trimmer has its address, too.
TEST_F(UpstreamPoolTest, WhatIsRetiredGoesHoweverManyConnectionsItHas) {
    rules_.pool.max_idle = 1;
    PooledOrigin& retired = origin();
    const std::weak_ptr<const tls::TlsContext> context = std::exchange(tls_, nullptr);

    run(retire_many_idle_ones(pool(), retired, event_loop(), context));

    EXPECT_TRUE(context.expired());
}

net::Task<void> wait_in_vain(UpstreamPool& pool, PooledOrigin& origin, int& told) {
    ConnectReport report;
    const Result<UpstreamLease> lease = co_await pool.await_lease(origin, Wish::any, report);
    EXPECT_FALSE(lease);
    if (!lease && lease.error().code() == FailureCode::connection_refused) ++told;
}

// Who waits is told a round after its failure is known, and so after the sweep that the failed
// attempts bring about: a name is resolved first, so that they end when a round does. The origin is
// there until then.
TEST_F(UpstreamPoolTest, WhoWaitsForARetiredOriginIsToldWhyThereIsNoConnection) {
    std::uint16_t nobody = 0;
    {
        const tests::ScriptedServer gone{partner_.server(), answer_all};
        nobody = gone.port();
    }
    rules_.connect_to = profiles::HostPort{"localhost", nobody};
    PooledOrigin& retired = world_.origin(nobody, tls_, rules_);
    int told = 0;
    for (int i = 0; i < 3; ++i) world_.loop().spawn(wait_in_vain(pool(), retired, told));

    pool().judge(all_retired);
    world_.loop().run();

    EXPECT_EQ(told, 3);
}

net::Task<void> lease_of_a_retired_origin(UpstreamPool& pool, PooledOrigin& origin) {
    pool.judge(all_retired);
    UpstreamLease late = co_await lease_new(pool, origin);
    EXPECT_TRUE(late) << "whoever has a route that is gone is served all the same";
    if (late) co_await exchange(late);
}

TEST_F(UpstreamPoolTest, AnExchangeOfARetiredOriginIsStillServed) {
    run(lease_of_a_retired_origin(pool(), origin()));
}

}  // namespace
}  // namespace countersign::proxy::upstream
