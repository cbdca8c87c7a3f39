#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "proxy/upstream/bound_connections.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// One destination whose identity is renewed.
class UpstreamPoolOverlap : public testing::Test {
protected:
    UpstreamPoolOverlap() { rules_.timeouts.connect = hours{1}; }

    PooledOrigin& origin(const std::shared_ptr<const tls::TlsContext>& tls) {
        if (!shared_) shared_ = std::make_shared<const addresses::OriginRules>(rules_);
        return pool().origin("127.0.0.1", server_.port(), tls, shared_);
    }
    PooledOrigin& former() { return origin(former_); }
    PooledOrigin& today() { return origin(today_); }
    void renew(net::Clock::duration overlap = hours{1}) {
        const net::TimePoint now = event_loop().now();
        pool().judge([this, now, overlap](const Origin& one) {
            if (one.key.tls == today_) return Standing{.former = {former_.get()}};
            return Standing{.overlap = {now, now + overlap / 2, now + overlap, today_.get()}};
        });
    }
    void end_overlap() {
        pool().judge([this](const Origin& one) {
            return Standing{.retired = one.key.tls == former_};
        });
    }
    UpstreamPool& pool() { return world_.pool(); }
    net::EventLoop& event_loop() { return world_.event_loop(); }
    void run(net::Task<void> task) { world_.loop().run(std::move(task)); }

    net::Task<void> serve_in_its_place();
    net::Task<void> prefer_its_own();
    net::Task<void> wait_at_the_limit();
    net::Task<void> ask_for_a_fresh_one_at_the_limit();
    net::Task<void> wait_while_the_overlap_ends();
    net::Task<void> wait_for_one_of_before(bool todays_rests);
    net::Task<void> open_a_late_one();
    net::Task<void> rest_to_the_end();
    net::Task<void> sign_in();
    net::Task<void> rest_with_its_client(net::Clock::duration overlap);

    Partner partner_;
    std::shared_ptr<const tls::TlsContext> former_ = partner_.context("acme");
    std::shared_ptr<const tls::TlsContext> today_ = partner_.context("acme");
    tests::ScriptedServer server_{partner_.server(), answer_all};
    addresses::OriginRules rules_;
    std::shared_ptr<const addresses::OriginRules> shared_;
    PoolWorld world_;
};

net::Task<void> UpstreamPoolOverlap::serve_in_its_place() {
    UpstreamLease first = co_await lease_new(pool(), former());
    co_await exchange(first);
    std::move(first).keep();

    renew();

    for (int i = 0; i < 2; ++i) {
        UpstreamLease lease = pool().lease_idle(today());
        EXPECT_TRUE(lease && lease.reused());
        if (!lease) co_return;
        EXPECT_EQ(&lease.origin(), &former());
        co_await exchange(lease);
        std::move(lease).keep();
    }
}

TEST_F(UpstreamPoolOverlap, AnIdleOneOfTheIdentityBeforeServesInThePlaceOfTodays) {
    run(serve_in_its_place());

    EXPECT_EQ(server_.connections(), 1);
}

net::Task<void> UpstreamPoolOverlap::prefer_its_own() {
    UpstreamLease first = co_await lease_new(pool(), former());
    UpstreamLease second = co_await lease_new(pool(), today());
    std::move(first).keep();
    std::move(second).keep();

    renew();

    const UpstreamLease lease = pool().lease_idle(today());
    EXPECT_TRUE(lease && &lease.origin() == &today());
}

TEST_F(UpstreamPoolOverlap, TodaysOwnGoFirst) { run(prefer_its_own()); }

net::Task<void> UpstreamPoolOverlap::wait_at_the_limit() {
    UpstreamLease used = co_await lease_new(pool(), former());
    renew();
    ConnectReport report;
    net::Task<Result<UpstreamLease>> waiting = pool().await_lease(today(), Wish::any, report);
    waiting.start();
    EXPECT_EQ(today().opening, 0U) << "the one of before counts";

    co_await exchange(used);
    std::move(used).keep();

    const Result<UpstreamLease> given = co_await waiting;
    EXPECT_TRUE(given && *given && &given->origin() == &former());
}

TEST_F(UpstreamPoolOverlap, TheLimitIsOfAllTogetherAndWhoWaitsGetsOneOfBefore) {
    rules_.pool.max_connections = 1;

    run(wait_at_the_limit());

    EXPECT_EQ(server_.connections(), 1);
}

net::Task<void> UpstreamPoolOverlap::ask_for_a_fresh_one_at_the_limit() {
    UpstreamLease rested = co_await lease_new(pool(), former());
    co_await exchange(rested);
    std::move(rested).keep();
    renew();

    ConnectReport report;
    const Result<UpstreamLease> fresh = co_await pool().await_lease(today(), Wish::fresh, report);

    EXPECT_TRUE(fresh && *fresh);
    EXPECT_EQ(former().open, 0U);
    EXPECT_EQ(today().open, 1U);
}

TEST_F(UpstreamPoolOverlap, AnIdleOneOfBeforeMakesRoomForAFreshOne) {
    rules_.pool.max_connections = 1;

    run(ask_for_a_fresh_one_at_the_limit());
}

net::Task<void> UpstreamPoolOverlap::wait_while_the_overlap_ends() {
    const UpstreamLease used = co_await lease_new(pool(), former());
    renew();
    ConnectReport report;
    net::Task<Result<UpstreamLease>> waiting = pool().await_lease(today(), Wish::any, report);
    waiting.start();
    EXPECT_EQ(today().opening, 0U);

    end_overlap();

    const Result<UpstreamLease> opened = co_await waiting;
    EXPECT_TRUE(opened && *opened && &opened->origin() == &today());
}

TEST_F(UpstreamPoolOverlap, ItsEndFreesPlacesForThoseWhoWait) {
    rules_.pool.max_connections = 1;

    run(wait_while_the_overlap_ends());
}

net::Task<void> UpstreamPoolOverlap::wait_for_one_of_before(bool todays_rests) {
    UpstreamLease used = co_await lease_new(pool(), today());
    co_await exchange(used);
    renew();
    if (todays_rests) std::move(used).keep();
    ConnectReport report;
    net::Task<Result<UpstreamLease>> waiting = pool().await_lease(former(), Wish::any, report);
    waiting.start();
    if (!todays_rests) {
        EXPECT_EQ(former().opening, 0U) << "that of today's counts";
        std::move(used).keep();
    }

    const Result<UpstreamLease> opened = co_await waiting;
    EXPECT_TRUE(opened && *opened && &opened->origin() == &former());
    EXPECT_EQ(today().open, 0U);
}

TEST_F(UpstreamPoolOverlap, WhoStillWantsTheIdentityBeforeGetsThePlaceOfAnIdleOneOfTodays) {
    rules_.pool.max_connections = 1;

    run(wait_for_one_of_before(true));
}

TEST_F(UpstreamPoolOverlap, WhoStillWantsTheIdentityBeforeGetsThePlaceOfOneOfTodaysThatComesBack) {
    rules_.pool.max_connections = 1;

    run(wait_for_one_of_before(false));
}

net::Task<void> UpstreamPoolOverlap::open_a_late_one() {
    renew();
    UpstreamLease late = co_await lease_new(pool(), former());
    co_await exchange(late);

    std::move(late).keep();

    EXPECT_EQ(former().open, 0U);
}

TEST_F(UpstreamPoolOverlap, OneThatIsOpenedForTheIdentityBeforeServesOnce) {
    run(open_a_late_one());
}

net::Task<void> UpstreamPoolOverlap::rest_to_the_end() {
    std::vector<UpstreamLease> leases;
    for (int i = 0; i < 3; ++i) leases.push_back(co_await lease_new(pool(), former()));
    for (UpstreamLease& lease : leases) {
        co_await exchange(lease);
        if (&lease != &leases.back()) std::move(lease).keep();
    }

    renew(milliseconds{50});
    std::move(leases.back()).keep();

    // They would rest for 55 s.
    co_await until(event_loop(), [this] { return former().open == 0; });
}

TEST_F(UpstreamPoolOverlap, TheyEndWithItWhetherIdleThenOrUsed) { run(rest_to_the_end()); }

net::Task<void> UpstreamPoolOverlap::sign_in() {
    BoundConnections client;
    UpstreamLease lease = co_await lease_new(pool(), former());
    co_await exchange(lease);
    lease.bind_to(client);
    lease.note_signing_in(true);
    std::move(lease).keep();
    UpstreamLease idle = co_await lease_new(pool(), today());
    std::move(idle).keep();

    renew();

    Result<UpstreamLease> own = client.take(today(), true);
    EXPECT_TRUE(own && *own) << "between two steps there is no other";
    if (!own || !*own) co_return;
    EXPECT_EQ(&own->origin(), &former());
    co_await exchange(*own);
    std::move(*own).keep();
    EXPECT_EQ(client.size(), 1U);
}

TEST_F(UpstreamPoolOverlap, WhoSignsInGoesOnOnTheConnectionOfBefore) { run(sign_in()); }

net::Task<void> UpstreamPoolOverlap::rest_with_its_client(net::Clock::duration overlap) {
    BoundConnections client;
    UpstreamLease lease = co_await lease_new(pool(), former());
    co_await exchange(lease);
    lease.bind_to(client);
    std::move(lease).keep();
    EXPECT_EQ(client.size(), 1U);

    renew(overlap);
    client.look_at_standing();
    if (overlap == hours{1}) {
        EXPECT_EQ(client.size(), 1U);
        end_overlap();
        client.look_at_standing();
        EXPECT_EQ(client.size(), 0U);
    }
    // Else its own end comes.
    co_await until(event_loop(), [this] { return former().open == 0; });
    EXPECT_EQ(client.size(), 0U);
}

TEST_F(UpstreamPoolOverlap, AClientsOwnThatRestsEndsWithIt) { run(rest_with_its_client(hours{1})); }

TEST_F(UpstreamPoolOverlap, AClientsOwnThatRestsEndsByItself) {
    run(rest_with_its_client(milliseconds{50}));
}

}  // namespace
}  // namespace countersign::proxy::upstream
