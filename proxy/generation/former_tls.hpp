#pragma once

#include <chrono>
#include <vector>

#include "certs/source.hpp"
#include "proxy/generation/route.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::generation {

/// A moment, by both clocks.
struct Moment {
    net::TimePoint steady;
    std::chrono::system_clock::time_point wall;

    static Moment now() { return {net::Clock::now(), std::chrono::system_clock::now()}; }
};

/// Whether both lead to the same place for a key: what stands there may be renewed, with its
/// password and its chain.
bool name_one_key(const certs::KeyStoreSource& one, const certs::KeyStoreSource& other);

/// What of the route `before` a load may serve for `overlap` more, and what of that route's own
/// former TLS still may: that of which the route differs in the identity alone. Nothing lasts
/// longer than `overlap` after its renewal, nor beyond its certificate. The latest first, eight at
/// most.
std::vector<FormerTls> former_tls(
    const Route& before, const Route& route, std::chrono::milliseconds overlap, const Moment& now
);

}  // namespace countersign::proxy::generation
