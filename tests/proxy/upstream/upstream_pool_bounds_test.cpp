#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/upstream/upstream_pool.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {
namespace {

/// Destinations as a client may choose them, one after the other, with bounds that they reach.
class UpstreamPoolBoundsTest : public testing::Test {
protected:
    static constexpr std::size_t kMany = 1000;

    void begin(PoolBounds bounds, std::size_t count) {
        bounds.look_every = 1;
        world_.emplace(1, dns::NameSources{}, bounds);
        for (std::size_t i = 0; i < count; ++i) {
            rules_.push_back(std::make_shared<addresses::OriginRules>());
            origins_.push_back(
                &world_->pool().origin("127.0.0.1", server_.port(), tls_, rules_.back())
            );
        }
    }
    /// One exchange with each; its connection is kept.
    net::Task<void> ask_each() {
        for (PooledOrigin* const origin : origins_) {
            UpstreamLease lease = co_await lease_new(world_->pool(), *origin);
            if (!lease) co_return;
            co_await exchange(lease);
            std::move(lease).keep();
        }
        idle_ = idle_now();
    }
    net::Task<void> ask_each_and_make_room() {
        co_await ask_each();
        EXPECT_TRUE(world_->pool().close_oldest());
        idle_ = idle_now();
    }
    std::vector<std::size_t> idle_now() const {
        std::vector<std::size_t> sizes;
        for (const PooledOrigin* const origin : origins_) sizes.push_back(origin->idle.size());
        return sizes;
    }

    Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("acme");
    tests::ScriptedServer server_{partner_.server(), answer_all};
    std::vector<std::shared_ptr<const addresses::OriginRules>> rules_;
    std::optional<PoolWorld> world_;
    std::vector<PooledOrigin*> origins_;
    std::vector<std::size_t> idle_;
};

using Sizes = std::vector<std::size_t>;

// The last one became idle after the last look.
TEST_F(UpstreamPoolBoundsTest, IdleConnectionsOfAllDestinationsTogetherAreBounded) {
    begin({.idle = 2, .sessions = kMany}, 5);
    world_->loop().run(ask_each());

    EXPECT_EQ(idle_, (Sizes{0, 0, 1, 1, 1}));
}

TEST_F(UpstreamPoolBoundsTest, TlsSessionsOfAllDestinationsTogetherAreBounded) {
    begin({.idle = kMany, .sessions = 3}, 5);
    world_->loop().run(ask_each());

    Sizes sessions;
    for (const PooledOrigin* const origin : origins_) {
        sessions.push_back(origin->memory.sessions.size());
    }
    EXPECT_EQ(sessions, (Sizes{0, 0, 0, 2, 2})) << "two of a server's handshake";
}

net::Task<void> rest_many_and_open_another(
    UpstreamPool& pool, PooledOrigin& many, PooledOrigin& other, std::size_t& left
) {
    std::vector<UpstreamLease> leases;
    for (int i = 0; i < 70; ++i) leases.push_back(co_await lease_new(pool, many));
    for (UpstreamLease& lease : leases) std::move(lease).keep();
    const UpstreamLease opened = co_await lease_new(pool, other);
    left = many.idle.size();
}

// To close a connection takes its time, and others have their turn.
TEST_F(UpstreamPoolBoundsTest, WhatIsBeyondThemIsClosedInPortions) {
    begin({.idle = 0, .sessions = kMany}, 2);
    std::size_t left = 0;
    world_->loop().run(rest_many_and_open_another(world_->pool(), *origins_[0], *origins_[1], left)
    );

    EXPECT_EQ(left, 6U);
}

// Where descriptors run out, thousands of destinations are no reason to stand still.
TEST_F(UpstreamPoolBoundsTest, RoomIsMadeInPortionsFromWhoWasUsedLongestAgo) {
    begin({.portion = 2}, 4);
    world_->loop().run(ask_each_and_make_room());

    EXPECT_EQ(idle_, (Sizes{0, 0, 1, 1}));
}

}  // namespace
}  // namespace countersign::proxy::upstream
