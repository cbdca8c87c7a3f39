#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "proxy/upstream/upstream_pool.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using metrics::ConnectionEnd;

/// What is counted of the pool's connections.
class UpstreamPoolCount : public testing::Test {
protected:
    UpstreamPoolCount() { rules_.profile = "partner"; }
    PooledOrigin& origin() { return world_.origin(server_.port(), tls_, rules_); }
    UpstreamPool& pool() { return world_.pool(); }
    void run(net::Task<void> task) { world_.loop().run(std::move(task)); }
    void expect_end(ConnectionEnd end) {
        metrics::ConnectionTotals wanted;
        wanted.opened = 1;
        wanted.closed_by(end) = 1;
        EXPECT_EQ(pool().totals().opened, wanted.opened);
        EXPECT_EQ(pool().totals().closed, wanted.closed);
        EXPECT_EQ(pool().state().idle, 0U);
    }

    Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("acme");
    tests::ScriptedServer server_{partner_.server(), answer_all};
    addresses::OriginRules rules_;
    PoolWorld world_;
};

net::Task<void> lease_and_drop(UpstreamPool& pool, PooledOrigin& origin) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    co_await exchange(lease);
    EXPECT_EQ(pool.state().active, 1U);
}

net::Task<void> lease_and_keep(UpstreamPool& pool, PooledOrigin& origin) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    co_await exchange(lease);
    std::move(lease).keep();
}

net::Task<void> keep_and(
    UpstreamPool& pool, PooledOrigin& origin, const std::function<void()>& then
) {
    co_await lease_and_keep(pool, origin);
    EXPECT_EQ(pool.state().idle, 1U);
    then();
}

TEST_F(UpstreamPoolCount, SaysThatAnExchangeEndedIt) {
    run(lease_and_drop(pool(), origin()));
    expect_end(ConnectionEnd::exchange);
}

TEST_F(UpstreamPoolCount, SaysThatItHadServedEnough) {
    rules_.pool.max_requests = 1;
    run(lease_and_keep(pool(), origin()));
    expect_end(ConnectionEnd::age);
}

TEST_F(UpstreamPoolCount, SaysThatNoneIsKept) {
    rules_.pool.max_idle = 0;
    run(lease_and_keep(pool(), origin()));
    expect_end(ConnectionEnd::surplus);
}

TEST_F(UpstreamPoolCount, SaysThatItWasInTheWay) {
    run(keep_and(pool(), origin(), [this] { pool().close_oldest(); }));
    expect_end(ConnectionEnd::surplus);
}

TEST_F(UpstreamPoolCount, SaysThatTheProxyStops) {
    run(keep_and(pool(), origin(), [this] { pool().close_idle(); }));
    expect_end(ConnectionEnd::drain);
}

net::Task<void> keep_until_the_server_closes(
    net::EventLoop& loop, UpstreamPool& pool, PooledOrigin& origin
) {
    co_await lease_and_keep(pool, origin);
    const auto none_rests = [&pool] { return pool.state().idle == 0; };
    co_await until(loop, none_rests);
}

TEST_F(UpstreamPoolCount, SaysThatTheServerEndedIt) {
    const tests::ScriptedServer closing{partner_.server(), [](tests::Peer& peer) {
                                            peer.read_request();
                                            peer.write(tests::ok("answer"));
                                            peer.close_cleanly();
                                        }};
    PooledOrigin& there = world_.origin(closing.port(), tls_, rules_);
    run(keep_until_the_server_closes(world_.event_loop(), pool(), there));
    expect_end(ConnectionEnd::server);
}

net::Task<void> keep_until_it_is_retired(
    net::EventLoop& loop, UpstreamPool& pool, PooledOrigin& origin
) {
    co_await lease_and_keep(pool, origin);
    pool.judge([](const Origin&) { return Standing{.retired = true}; });
    const auto none_rests = [&pool] { return pool.state().idle == 0; };
    co_await until(loop, none_rests);
}

TEST_F(UpstreamPoolCount, SaysThatItsIdentityWasReplaced) {
    run(keep_until_it_is_retired(world_.event_loop(), pool(), origin()));
    expect_end(ConnectionEnd::retired);
}

net::Task<void> lease_in_vain(UpstreamPool& pool, PooledOrigin& origin) {
    ConnectReport report;
    Result<UpstreamLease> opened = co_await pool.await_lease(origin, Wish::any, report);
    EXPECT_FALSE(opened);
}

TEST_F(UpstreamPoolCount, DoesNotCountWhatWasNeverOpened) {
    PooledOrigin& nowhere = world_.origin(1, tls_, rules_);
    run(lease_in_vain(pool(), nowhere));
    EXPECT_EQ(pool().totals().opened, 0U);
    EXPECT_EQ(pool().totals().closed, metrics::ConnectionTotals{}.closed);
}

}  // namespace
}  // namespace countersign::proxy::upstream
