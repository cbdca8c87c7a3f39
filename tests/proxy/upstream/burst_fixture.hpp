#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "proxy/upstream/upstream_pool.hpp"
#include "tests/proxy/upstream/pool_fixture.hpp"

namespace countersign::proxy::upstream {

/// What came of the leases of a burst.
struct Burst {
    std::vector<UpstreamLease> leases;
    std::vector<Failure> failures;
    std::size_t ended() const { return leases.size() + failures.size(); }
};

inline net::Task<void> lease_into(
    UpstreamPool& pool, PooledOrigin& origin, Wish wish, Burst& burst
) {
    ConnectReport report;
    Result<UpstreamLease> lease = co_await pool.await_lease(origin, wish, report);
    if (lease) {
        burst.leases.push_back(std::move(*lease));
    } else {
        burst.failures.push_back(lease.error());
    }
}

class UpstreamPoolBurstTest : public testing::Test {
protected:
    UpstreamPool& pool() { return world_.pool(); }
    net::EventLoop& event_loop() { return world_.event_loop(); }
    PooledOrigin& origin_at(std::uint16_t port) { return world_.origin(port, tls_, rules_); }
    void begin(PooledOrigin& origin, std::size_t count, Wish wish = Wish::any) {
        for (std::size_t i = 0; i < count; ++i) {
            world_.loop().spawn(lease_into(pool(), origin, wish, burst_));
        }
    }
    void run(net::Task<void> task) { world_.loop().run(std::move(task)); }

    Partner partner_;
    std::shared_ptr<const tls::TlsContext> tls_ = partner_.context("acme");
    addresses::OriginRules rules_;
    PoolWorld world_;
    Burst burst_;
};

}  // namespace countersign::proxy::upstream
