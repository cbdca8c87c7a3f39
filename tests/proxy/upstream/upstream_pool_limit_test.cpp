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
constexpr auto kPatience = std::chrono::seconds{10};

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
        rules_.pool.wait_timeout = kPatience;
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

TEST_F(UpstreamPoolLimitTest, WaitsNoLongerThanTheWaitTimeout) {
    rules_.pool.wait_timeout = milliseconds{200};
    std::optional<Failure> failure;

    run(wait_in_vain(pool(), origin(), failure));

    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), FailureCode::connection_limit);
    EXPECT_EQ(failure->side(), Side::proxy);
    EXPECT_EQ(
        failure->reason(), "The one connection to " + origin().authority() +
                               " that a worker may have is in use, and it did not come free in "
                               "time."
    );
    expect_bounded_brief(*failure);
    EXPECT_EQ(origin().open, 0U);
}

net::Task<void> hold_two_and_wait_in_vain(
    UpstreamPool& pool, PooledOrigin& origin, std::optional<Failure>& failure
) {
    const UpstreamLease lease = co_await lease_new(pool, origin);
    co_await wait_in_vain(pool, origin, failure);
}

TEST_F(UpstreamPoolLimitTest, SaysHowManyConnectionsAreInUse) {
    rules_.pool.max_connections = 2;
    rules_.pool.wait_timeout = milliseconds{200};
    std::optional<Failure> failure;

    run(hold_two_and_wait_in_vain(pool(), origin(), failure));

    ASSERT_TRUE(failure);
    EXPECT_EQ(
        failure->reason(), "All 2 connections to " + origin().authority() +
                               " that a worker may have are in use, and none came free in time."
    );
}

/// As `lease_and_note`, for a client.
net::Task<void> lease_for(
    UpstreamPool& pool, PooledOrigin& origin, ClientShare client, std::string& story
) {
    ConnectReport report;
    Result<UpstreamLease> lease = co_await pool.await_lease(origin, Wish::any, report, client);
    story += static_cast<char>('a' + client);
    if (lease) std::move(*lease).keep();
}

net::Task<void> keep_while_clients_wait(
    UpstreamPool& pool, PooledOrigin& origin, std::string& story
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    std::vector<net::Task<void>> waiting;
    for (const ClientShare client : {0U, 0U, 0U, 0U, 1U, 2U}) {
        waiting.push_back(lease_for(pool, origin, client, story));
    }
    for (net::Task<void>& one : waiting) one.start();
    std::move(lease).keep();
    for (net::Task<void>& one : waiting) co_await one;
}

TEST_F(UpstreamPoolLimitTest, ClientsHaveTheirTurnsWhoeverHasMoreWaiting) {
    std::string story;

    run(keep_while_clients_wait(pool(), origin(), story));

    EXPECT_EQ(story, "abcaaa");
}

/// With one connection in use, `waiting` others ask; how many of them are refused at once.
net::Task<void> count_refused(
    UpstreamPool& pool, PooledOrigin& origin, std::size_t waiting, std::size_t& refused,
    std::optional<Failure>& failure
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    std::vector<ConnectReport> reports(waiting);
    std::vector<net::Task<Result<UpstreamLease>>> others;
    for (ConnectReport& report : reports) {
        others.push_back(pool.await_lease(origin, Wish::any, report));
    }
    for (auto& one : others) one.start();
    refused = waiting - origin.waiters.size();
    std::move(lease).keep();
    for (auto& one : others) {
        Result<UpstreamLease> served = co_await one;
        if (served) {
            UpstreamLease given = std::move(*served);
            std::move(given).keep();
        } else {
            failure = served.error();
        }
    }
}

struct WaitingRow {
    const char* name;
    std::uint32_t max_waiting;
    std::size_t waiting;
    std::size_t refused;
};

class UpstreamPoolWaiting : public UpstreamPoolLimitTest,
                            public testing::WithParamInterface<WaitingRow> {};

TEST_P(UpstreamPoolWaiting, WhoComesBeyondMaxWaitingIsRefusedAtOnce) {
    rules_.pool.max_waiting = GetParam().max_waiting;
    std::size_t refused = 0;
    std::optional<Failure> failure;

    run(count_refused(pool(), origin(), GetParam().waiting, refused, failure));

    EXPECT_EQ(refused, GetParam().refused);
    EXPECT_EQ(failure.has_value(), refused > 0);
    if (!failure) return;
    EXPECT_EQ(failure->code(), FailureCode::connection_limit);
    EXPECT_NE(failure->remedy().find("pool.max_waiting"), std::string::npos);
    const bool one = GetParam().max_waiting == 1;
    EXPECT_EQ(
        failure->reason(),
        "The one connection to " + origin().authority() +
            " that a worker may have is in use, and " + std::to_string(GetParam().max_waiting) +
            (one ? " request waits" : " requests wait") + " for one already, as many as may."
    );
    expect_bounded_brief(*failure);
}

INSTANTIATE_TEST_SUITE_P(
    Limits, UpstreamPoolWaiting,
    testing::Values(
        WaitingRow{"NoneMayAndOneDoes", 0, 1, 1}, WaitingRow{"OneMayAndDoes", 1, 1, 0},
        WaitingRow{"OneMoreThanOne", 1, 2, 1}, WaitingRow{"Eight", 8, 8, 0},
        WaitingRow{"NineOfEight", 8, 9, 1}, WaitingRow{"FourTimesEight", 8, 32, 24}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

net::Task<void> ask_for_two_at_once(UpstreamPool& pool, PooledOrigin& origin, int& served) {
    ConnectReport first_report;
    ConnectReport second_report;
    auto first = pool.await_lease(origin, Wish::any, first_report);
    auto second = pool.await_lease(origin, Wish::any, second_report);
    first.start();
    second.start();
    const Result<UpstreamLease> one = co_await first;
    const Result<UpstreamLease> other = co_await second;
    served = static_cast<int>(one.has_value()) + static_cast<int>(other.has_value());
}

TEST_F(UpstreamPoolLimitTest, WhoHasAPlaceIsNotHeldToMaxWaiting) {
    rules_.pool.max_connections = 2;
    rules_.pool.max_waiting = 0;
    int served = 0;

    run(ask_for_two_at_once(pool(), origin(), served));

    EXPECT_EQ(served, 2);
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
    event_loop.timers().set(close, event_loop.now() + kPatience + milliseconds{1});
    event_loop.timers().expire(event_loop.now() + kPatience + milliseconds{1});
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
    event_loop.timers().set(keep, event_loop.now() + kPatience + milliseconds{1});
    event_loop.timers().expire(event_loop.now() + kPatience + milliseconds{1});
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
    rules.pool.wait_timeout = milliseconds{500};
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
