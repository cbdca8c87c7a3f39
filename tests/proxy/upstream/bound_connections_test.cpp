#include "proxy/upstream/bound_connections.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <list>

#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class BoundConnectionsTest : public testing::Test {
protected:
    BoundConnectionsTest() { rules_.timeouts.connect = hours{1}; }
    PooledOrigin& origin() { return world_.origin(server_.port(), tls_, rules_); }
    UpstreamPool& pool() { return world_.pool(); }
    net::EventLoop& event_loop() { return world_.event_loop(); }
    void run(net::Task<void> task) { world_.loop().run(std::move(task)); }

    std::atomic<bool> closing_ = false;
    Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("acme");
    /// Closes a connection on which it was told so.
    tests::ScriptedServer server_{partner_.server(), [this](tests::Peer& peer) {
                                      for (;;) {
                                          if (peer.read_request().empty()) return;
                                          peer.write(tests::ok("answer"));
                                          if (closing_) return;
                                      }
                                  }};
    addresses::OriginRules rules_;
    PoolWorld world_;
};

/// An exchange on a new connection, which is bound and kept.
net::Task<void> bind_one(
    UpstreamPool& pool, PooledOrigin& origin, BoundConnections& client, bool signing_in = false
) {
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    co_await exchange(lease);
    lease.bind_to(client);
    EXPECT_TRUE(lease.is_bound_to(client));
    leased(lease).age().signing_in = signing_in;
    std::move(lease).keep();
}

net::Task<void> bind_and_take_again(UpstreamPool& pool, PooledOrigin& origin) {
    BoundConnections client;
    BoundConnections other;
    co_await bind_one(pool, origin, client);
    EXPECT_EQ(client.size(), 1U);
    EXPECT_TRUE(origin.idle.empty()) << "it is not the pool's";
    EXPECT_EQ(origin.open, 1U) << "it keeps its place";
    const UpstreamLease idle = pool.lease_idle(origin);
    EXPECT_FALSE(idle);
    const Result<UpstreamLease> others = other.take(origin, true);
    EXPECT_TRUE(others && !*others);

    for (int i = 0; i < 3; ++i) {
        Result<UpstreamLease> own = client.take(origin, true);
        EXPECT_TRUE(own && *own);
        if (!own || !*own) co_return;
        EXPECT_TRUE(leased(*own).age().requests > 1 && own->reused());
        EXPECT_TRUE(client.empty());
        co_await exchange(*own);
        std::move(*own).keep();
        EXPECT_TRUE(origin.idle.empty());
    }
}

TEST_F(BoundConnectionsTest, OneComesBackToItsClientAndToNobodyElse) {
    run(bind_and_take_again(pool(), origin()));

    EXPECT_EQ(server_.connections(), 1);
    EXPECT_EQ(origin().open, 0U) << "it ends with its client";
}

net::Task<void> take_for_another_origin(
    UpstreamPool& pool, PooledOrigin& origin, PooledOrigin& other
) {
    BoundConnections client;
    co_await bind_one(pool, origin, client);

    const Result<UpstreamLease> own = client.take(other, true);

    EXPECT_TRUE(own && !*own);
    EXPECT_EQ(client.size(), 1U);
}

TEST_F(BoundConnectionsTest, OneIsForItsOriginOnly) {
    const auto other_tls = partner_.context("other");
    PooledOrigin& other = world_.origin(server_.port(), other_tls, rules_);

    run(take_for_another_origin(pool(), origin(), other));
}

net::Task<void> wait_until_it_goes(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, BoundConnections& client
) {
    co_await bind_one(pool, origin, client);
    co_await until(event_loop, [&] { return origin.open == 0; });
    EXPECT_TRUE(client.empty());
    const Result<UpstreamLease> own = client.take(origin, true);
    EXPECT_TRUE(own && !*own) << "the client begins anew";
}

TEST_F(BoundConnectionsTest, OneThatTheServerClosesGivesItsPlaceBack) {
    closing_ = true;
    BoundConnections client;

    run(wait_until_it_goes(pool(), origin(), event_loop(), client));
}

TEST_F(BoundConnectionsTest, OneThatRestsTooLongGivesItsPlaceBack) {
    rules_.pool.idle_timeout = milliseconds{20};
    BoundConnections client;

    run(wait_until_it_goes(pool(), origin(), event_loop(), client));
}

net::Task<void> lose_a_handshake(
    UpstreamPool& pool, PooledOrigin& origin, net::EventLoop& event_loop, bool goes_on
) {
    BoundConnections client;
    {
        UpstreamLease lease = co_await lease_new(pool, origin);
        co_await exchange(lease);
        co_await until(event_loop, [&] { return leased(lease).descriptor().peer_closed(); });
        lease.bind_to(client);
        leased(lease).age().signing_in = true;
        std::move(lease).keep();
    }

    const Result<UpstreamLease> own = client.take(origin, goes_on);

    EXPECT_EQ(own.has_value(), !goes_on);
    if (!own) {
        EXPECT_EQ(own.error().code(), FailureCode::response_incomplete);
        EXPECT_NE(
            own.error().reason().find("was signing in (NTLM or Negotiate)"), std::string::npos
        ) << own.error().reason();
    }
    const Result<UpstreamLease> next = client.take(origin, goes_on);
    EXPECT_TRUE(next && !*next) << "it is told once";
}

TEST_F(BoundConnectionsTest, AHandshakeThatLostItsConnectionDoesNotGoOnElsewhere) {
    closing_ = true;

    run(lose_a_handshake(pool(), origin(), event_loop(), true));
}

TEST_F(BoundConnectionsTest, AHandshakeThatTheClientGaveUpIsNoFailure) {
    closing_ = true;

    run(lose_a_handshake(pool(), origin(), event_loop(), false));
}

TEST_F(BoundConnectionsTest, AHandshakeWhoseConnectionCouldNotBeKeptDoesNotGoOnElsewhere) {
    BoundConnections client;
    client.lose_handshake(origin());
    EXPECT_FALSE(client.empty());

    const Result<UpstreamLease> lost = client.take(origin(), true);
    const Result<UpstreamLease> next = client.take(origin(), true);

    EXPECT_FALSE(lost.has_value());
    EXPECT_TRUE(next && !*next) << "it is told once";
}

net::Task<void> take_between_two_steps(UpstreamPool& pool, PooledOrigin& origin) {
    BoundConnections client;
    co_await bind_one(pool, origin, client, true);

    Result<UpstreamLease> own = client.take(origin, true);

    EXPECT_TRUE(own && *own);
    if (!own || !*own) co_return;
    co_await exchange(*own);
    std::move(*own).keep();  // the handshake is over
    EXPECT_TRUE(client.empty());
}

TEST_F(BoundConnectionsTest, NoAgeEndsOneBetweenTwoStepsOfAHandshake) {
    rules_.pool.max_age = milliseconds{0};
    rules_.pool.idle_timeout = milliseconds{0};
    rules_.pool.max_requests = 1;

    run(take_between_two_steps(pool(), origin()));

    EXPECT_EQ(server_.connections(), 1);
}

net::Task<void> sign_in_to(UpstreamPool& pool, const std::list<PooledOrigin*>& origins) {
    BoundConnections client;
    for (PooledOrigin* origin : origins) co_await bind_one(pool, *origin, client);

    EXPECT_EQ(client.size(), BoundConnections::kMost);
    EXPECT_EQ(origins.front()->open, 0U) << "the one that was used longest ago has gone";
    EXPECT_EQ(origins.back()->open, 1U);
}

TEST_F(BoundConnectionsTest, AreBoundedInNumber) {
    std::list<std::shared_ptr<const tls::TlsContext>> contexts;
    std::list<PooledOrigin*> origins;
    for (std::size_t i = 0; i <= BoundConnections::kMost; ++i) {
        contexts.push_back(partner_.context("acme"));
        origins.push_back(&world_.origin(server_.port(), contexts.back(), rules_));
    }

    run(sign_in_to(pool(), origins));
}

/// Today's origin of the same destination, after the other was retired.
net::Task<void> take_after_retirement(
    UpstreamPool& pool, PooledOrigin& before, PooledOrigin& today, bool signing_in, bool& lost
) {
    BoundConnections client;
    co_await bind_one(pool, before, client, signing_in);
    EXPECT_EQ(client.size(), 1U);
    pool.judge([&before](const Origin& one) { return Standing{.retired = &one == &before}; });

    const Result<UpstreamLease> taken = client.take(today, true);

    lost = !taken;
    if (lost) {
        EXPECT_EQ(taken.error().side(), Side::proxy);
        EXPECT_TRUE(taken.error().reason().starts_with("A change of the profile or of its key "))
            << taken.error().reason();
    }
    EXPECT_FALSE(taken && *taken) << "it has another identity";
    EXPECT_EQ(client.size(), 0U);
    EXPECT_EQ(before.open, 0U);
}

TEST_F(BoundConnectionsTest, OneOfARetiredOriginGoesWithTheNextRequest) {
    const auto again = partner_.context("acme");
    bool lost = false;

    run(take_after_retirement(
        pool(), origin(), world_.origin(server_.port(), again, rules_), false, lost
    ));

    EXPECT_FALSE(lost);
}

TEST_F(BoundConnectionsTest, ARetirementBetweenTwoStepsOfAHandshakeIsTold) {
    const auto again = partner_.context("acme");
    bool lost = false;

    run(take_after_retirement(
        pool(), origin(), world_.origin(server_.port(), again, rules_), true, lost
    ));

    EXPECT_TRUE(lost);
}

/// Today's own connection, and one of a retired origin of the same destination.
net::Task<void> take_beside_a_retired_one(
    UpstreamPool& pool, PooledOrigin& before, PooledOrigin& today
) {
    BoundConnections client;
    co_await bind_one(pool, before, client);
    co_await bind_one(pool, today, client);
    pool.judge([&before](const Origin& one) { return Standing{.retired = &one == &before}; });

    const Result<UpstreamLease> taken = client.take(today, false);

    EXPECT_TRUE(taken && *taken) << "it is the client's own still";
}

TEST_F(BoundConnectionsTest, ARetiredOneDoesNotHideTodays) {
    const auto again = partner_.context("acme");

    run(take_beside_a_retired_one(pool(), origin(), world_.origin(server_.port(), again, rules_)));
}

net::Task<void> keep_after_retirement(UpstreamPool& pool, PooledOrigin& origin) {
    BoundConnections client;
    UpstreamLease lease = co_await lease_new(pool, origin);
    if (!lease) co_return;
    lease.bind_to(client);
    pool.judge([](const Origin&) { return Standing{.retired = true}; });

    std::move(lease).keep();

    EXPECT_EQ(client.size(), 0U);
}

TEST_F(BoundConnectionsTest, KeepsNoneOfARetiredOrigin) {
    run(keep_after_retirement(pool(), origin()));
}

}  // namespace
}  // namespace countersign::proxy::upstream
