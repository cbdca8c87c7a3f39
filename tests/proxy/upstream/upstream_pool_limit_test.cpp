#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "proxy/upstream/upstream_pool.hpp"
#include "tests/proxy/brief_bound.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using std::chrono::milliseconds;

/// Below the patience of the tests, and more than any of them takes.
constexpr auto kConnect = std::chrono::seconds{10};

/// Calls a function when its time has come.
class CallTimer final : public net::Timer {
public:
    explicit CallTimer(std::function<void()> call) : call_{std::move(call)} {}

private:
    void expired() override { call_(); }
    std::function<void()> call_;
};

/// An origin that may have one connection.
class UpstreamPoolLimitTest : public testing::Test {
protected:
    UpstreamPoolLimitTest() {
        rules_.pool.max_connections = 1;
        rules_.timeouts.connect = kConnect;
    }
    PooledOrigin& origin() { return world_.origin(server_.port(), tls_, rules_); }
    UpstreamPool& pool() { return world_.pool(); }
    net::EventLoop& event_loop() { return world_.event_loop(); }
    void run(net::Task<void> task) { world_.loop().run(std::move(task)); }

    Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("acme");
    tests::ScriptedServer server_{partner_.server(), answer_all};
    addresses::OriginRules rules_;
    PoolWorld world_;
};

/// Leases, notes its name, whether the connection was used before, and keeps it.
net::Task<void> lease_and_note(
    UpstreamPool& pool, PooledOrigin& origin, char name, std::string& story
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    story += name;
    if (!lease) co_return;
    story += lease.reused() ? '+' : '-';
    std::move(lease).keep();
}

net::Task<void> keep_while_others_wait(
    UpstreamPool& pool, PooledOrigin& origin, std::string& story
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    net::Task<void> first = lease_and_note(pool, origin, 'a', story);
    net::Task<void> second = lease_and_note(pool, origin, 'b', story);
    first.start();
    second.start();
    EXPECT_EQ(story, "");
    EXPECT_EQ(origin.waiters.size(), 2U);
    std::move(lease).keep();
    co_await first;
    co_await second;
}

TEST_F(UpstreamPoolLimitTest, AKeptConnectionGoesToWhoWaitsLongest) {
    std::string story;

    run(keep_while_others_wait(pool(), origin(), story));

    EXPECT_EQ(story, "a+b+");
    EXPECT_EQ(server_.connections(), 1);
    EXPECT_EQ(origin().open, 1U);
}

net::Task<void> close_while_others_wait(
    UpstreamPool& pool, PooledOrigin& origin, std::string& story
) {
    std::optional<UpstreamLease> lease{co_await lease_new(pool, origin)};
    net::Task<void> first = lease_and_note(pool, origin, 'a', story);
    net::Task<void> second = lease_and_note(pool, origin, 'b', story);
    first.start();
    second.start();
    lease.reset();
    co_await first;
    co_await second;
}

TEST_F(UpstreamPoolLimitTest, ThePlaceOfAClosedConnectionGoesToWhoWaitsLongest) {
    std::string story;

    run(close_while_others_wait(pool(), origin(), story));

    EXPECT_EQ(story, "a-b+");
    EXPECT_EQ(server_.connections(), 2);
    EXPECT_EQ(origin().open, 1U);
}

net::Task<void> wait_in_vain(
    UpstreamPool& pool, PooledOrigin& origin, std::optional<Failure>& failure
) {
    const UpstreamLease lease = co_await lease_new(pool, origin);
    ConnectReport report;
    const Result<UpstreamLease> opened = co_await pool.await_lease(origin, Wish::any, report);
    if (!opened) failure = opened.error();
    EXPECT_TRUE(origin.waiters.empty());
}

TEST_F(UpstreamPoolLimitTest, WaitsNoLongerThanTheConnectTimeout) {
    rules_.timeouts.connect = milliseconds{200};
    std::optional<Failure> failure;

    run(wait_in_vain(pool(), origin(), failure));

    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), FailureCode::connection_limit);
    EXPECT_EQ(failure->side(), Side::proxy);
    EXPECT_TRUE(failure->reason().starts_with("All 1 connections to 127.0.0.1:"));
    expect_bounded_brief(*failure);
    EXPECT_EQ(origin().open, 0U);
}

net::Task<void> free_a_place_as_the_time_ends(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop
) {
    std::optional<UpstreamLease> lease{co_await lease_new(pool, origin)};
    ConnectReport report;
    net::Task<Result<UpstreamLease>> waiting = pool.await_lease(origin, Wish::any, report);
    waiting.start();
    // Both are due: first the waiter's time ends, then the connection closes, and only then does
    // the waiter run.
    CallTimer close{[&] { lease.reset(); }};
    event_loop.timers().set(close, event_loop.now() + kConnect + milliseconds{1});
    event_loop.timers().expire(event_loop.now() + kConnect + milliseconds{1});
    Result<UpstreamLease> ended = co_await waiting;
    if (ended) {
        UpstreamLease given = std::move(*ended);
        std::move(given).keep();
    }
    EXPECT_TRUE(origin.waiters.empty());
    EXPECT_LE(origin.open, 1U);
    EXPECT_EQ(origin.open, origin.idle.size() + origin.opening) << "a place was lost";
}

TEST_F(UpstreamPoolLimitTest, APlaceThatComesFreeAsTheTimeEndsIsNotLost) {
    run(free_a_place_as_the_time_ends(pool(), origin(), event_loop()));
}

net::Task<void> keep_as_the_time_ends(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    ConnectReport report;
    net::Task<Result<UpstreamLease>> waiting = pool.await_lease(origin, Wish::any, report);
    waiting.start();
    CallTimer keep{[&] { std::move(lease).keep(); }};
    event_loop.timers().set(keep, event_loop.now() + kConnect + milliseconds{1});
    event_loop.timers().expire(event_loop.now() + kConnect + milliseconds{1});
    Result<UpstreamLease> ended = co_await waiting;
    if (ended) {
        UpstreamLease given = std::move(*ended);
        std::move(given).keep();
    }
    EXPECT_EQ(origin.open, origin.idle.size()) << "a place was lost";
}

TEST_F(UpstreamPoolLimitTest, AConnectionThatComesFreeAsTheTimeEndsIsNotLost) {
    run(keep_as_the_time_ends(pool(), origin(), event_loop()));
}

net::Task<void> stop_while_waiting(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop,
    std::optional<Failure>& failure
) {
    const UpstreamLease lease = co_await lease_new(pool, origin);
    ConnectReport report;
    net::Task<Result<UpstreamLease>> waiting = pool.await_lease(origin, Wish::any, report);
    waiting.start();
    event_loop.cancel_all();
    const Result<UpstreamLease> ended = co_await waiting;
    if (!ended) failure = ended.error();
}

TEST_F(UpstreamPoolLimitTest, AStopEndsTheWaitAndSaysSo) {
    std::optional<Failure> failure;

    run(stop_while_waiting(pool(), origin(), event_loop(), failure));

    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), FailureCode::draining);
}

net::Task<void> lease_up_to(UpstreamPool& pool, PooledOrigin& origin, std::size_t limit) {
    std::vector<UpstreamLease> leases;
    for (std::size_t i = 0; i < limit; ++i) leases.push_back(co_await lease_new(pool, origin));
    ConnectReport report;
    const Result<UpstreamLease> over = co_await pool.await_lease(origin, Wish::any, report);
    EXPECT_FALSE(over);
}

struct ShareRow {
    const char* name;
    std::uint32_t workers;
    std::uint32_t max_connections;
    std::size_t limit;
};

class UpstreamPoolShare : public testing::TestWithParam<ShareRow> {};

TEST_P(UpstreamPoolShare, IsThisWorkersPartOfTheLimitRoundedUp) {
    const Partner partner;
    const tests::ScriptedServer server{partner.server(), answer_all};
    PoolWorld world{GetParam().workers};
    addresses::OriginRules rules;
    rules.pool.max_connections = GetParam().max_connections;
    rules.timeouts.connect = milliseconds{500};
    PooledOrigin& origin = world.origin(server.port(), partner.context("acme"), rules);

    world.loop().run(lease_up_to(world.pool(), origin, GetParam().limit));
}

INSTANTIATE_TEST_SUITE_P(
    Table, UpstreamPoolShare,
    testing::Values(
        ShareRow{"one_worker", 1, 3, 3}, ShareRow{"even", 2, 4, 2}, ShareRow{"uneven", 4, 6, 2},
        ShareRow{"at_least_one", 8, 1, 1}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::upstream
