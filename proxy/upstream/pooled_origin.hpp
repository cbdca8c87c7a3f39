#pragma once

#include <cstdint>
#include <vector>

#include "proxy/net/timer_queue.hpp"
#include "proxy/upstream/idle_connections.hpp"
#include "proxy/upstream/lease_queue.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

/// One entry of a worker's pool: an origin, its connections at rest and who waits for one. Lives
/// while it is used; then until the directory needs its place, or at once where it is retired.
struct PooledOrigin final : Origin {
    using Origin::Origin;

    /// Whether somebody has its address.
    bool is_used() const { return open > 0 || awaiting > 0 || uploads > 0 || trimmed; }

    /// Connections that count for its limit: of today's identity and of those before it.
    std::size_t taken() const {
        if (today != nullptr) return static_cast<const PooledOrigin&>(*today).taken();
        std::size_t sum = open;
        for (const PooledOrigin* one : former) sum += one->open;
        return sum;
    }
    /// Exchanges that wait, or may, for the rest of a request with one of those connections.
    std::size_t all_uploads() {
        const PooledOrigin& current = todays();
        std::size_t sum = current.uploads;
        for (const PooledOrigin* one : current.former) sum += one->uploads;
        return sum;
    }
    /// For which new connections are opened.
    PooledOrigin& todays() { return today != nullptr ? static_cast<PooledOrigin&>(*today) : *this; }
    /// Ends the one that has rested longest; whether there was one.
    bool close_an_idle_one(metrics::ConnectionEnd why) {
        if (idle.empty()) return false;
        idle.close_oldest(why);
        return true;
    }

    IdleConnections idle;
    std::uint32_t open = 0;     ///< connections, idle ones and those being opened included
    std::uint32_t opening = 0;  ///< of those
    bool is_being_opened_for_waiters = false;
    LeaseQueue waiters;
    std::uint32_t uploads = 0;   ///< exchanges that have an UploadPlace
    std::uint32_t awaiting = 0;  ///< exchanges that wait, or were just given what they wait for
    bool trimmed = false;        ///< in the trimmer's list, and so stays
    std::vector<PooledOrigin*> former = {};  ///< whose `today` it is, the latest first
    net::TimePoint last_used = net::kNever;
};

}  // namespace countersign::proxy::upstream
