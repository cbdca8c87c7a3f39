#pragma once

#include <cstdint>
#include <deque>

#include "proxy/net/timer_queue.hpp"
#include "proxy/upstream/idle_connections.hpp"
#include "proxy/upstream/lease_waiter.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

/// One entry of a worker's pool: an origin, its connections at rest and who waits for one. Lives as
/// long as the pool, or until it has not been used for long.
struct PooledOrigin final : Origin {
    using Origin::Origin;

    IdleConnections idle;
    std::uint32_t open = 0;     ///< connections, idle ones and those being opened included
    std::uint32_t opening = 0;  ///< of those
    bool is_being_opened_for_waiters = false;
    std::deque<LeaseWaiter*> waiters;  ///< who waits longest stands in front
    bool trimmed = false;              ///< in the trimmer's list, and so stays
    bool retired = false;              ///< its TLS is no route's any more: nothing of it is kept
    net::TimePoint last_used = net::kNever;
};

}  // namespace countersign::proxy::upstream
