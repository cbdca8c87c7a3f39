#pragma once

#include <cstddef>
#include <cstdint>

#include "profiles/profile.hpp"
#include "proxy/net/timer_queue.hpp"
#include "proxy/upstream/overlap.hpp"

namespace countersign::proxy::upstream {

// What the pool decides, apart from doing it: no I/O, no clock.

/// The part of a connection's life that decides whether it may be used once more.
struct ConnectionAge {
    net::TimePoint good_until;  ///< `max_age` after it was opened, or a little less
    net::TimePoint idle_since;
    std::uint32_t requests = 0;
    net::TimePoint vouched_until = net::kNever;  ///< by the chain that the server has shown
    bool signing_in =
        false;  ///< between two steps of NTLM or Negotiate: no other age ends it there
    std::uint32_t random = 0;  ///< any number: what is opened together does not end together
};

/// How long a connection rests that has served no exchange yet. Servers count the time from their
/// handshake to a first request as that of a slow client, and wait for it before they end.
constexpr auto kUnusedRest = std::chrono::seconds{5};

/// When its rest ends, or its life.
net::TimePoint rests_until(const ConnectionAge& age, const profiles::PoolRules& rules);

/// Whether a connection may go back to the pool after an exchange, or out of it for another one.
bool may_be_reused(const ConnectionAge& age, const profiles::PoolRules& rules, net::TimePoint now);

/// When a connection opened at `opened` is too old: `max_age` later, less up to a tenth of it.
/// Those that a burst has opened together must not all be opened anew together. `random`: any
/// number.
net::TimePoint good_until(
    net::TimePoint opened, const profiles::PoolRules& rules, std::uint32_t random
);

/// When a connection of the identity before a renewal ends: one after the other, so that those of
/// today's are not all opened at once.
net::TimePoint end_in(const Overlap& overlap, std::uint32_t random);

/// The connections of one origin, counted.
struct ConnectionCounts {
    std::size_t waiting = 0;  ///< exchanges without a connection
    std::size_t opening = 0;
    std::size_t open = 0;  ///< idle ones and those being opened included
};

/// Connections of one origin that a worker opens at the same time. What a burst needs beyond them
/// mostly comes from the first that are ready.
constexpr std::size_t kMostOpenings = 64;

/// Whether one more connection is to be opened: one for each exchange that waits, up to
/// kMostOpenings, up to `limit`.
bool opens_another(const ConnectionCounts& counts, std::size_t limit);

/// How often surplus idle connections are looked for.
constexpr auto kTrimPeriod = std::chrono::seconds{5};

/// How many idle connections to close at the end of a period: half of those beyond `max_idle` that
/// nobody needed in all of it. `least` is the fewest that were idle in the period.
std::size_t idle_to_close(std::size_t idle, std::size_t least, std::size_t max_idle);

}  // namespace countersign::proxy::upstream
