#pragma once

#include <vector>

#include "proxy/net/event_loop.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::upstream {

struct PooledOrigin;

/// Closes idle connections beyond a profile's `max_idle` over time, where nobody has needed them:
/// a burst that has just ended may come again at once, and its handshakes would be made again.
/// Sleeps while no origin has more than `max_idle`.
class IdleTrimmer final : private net::Timer {
public:
    explicit IdleTrimmer(net::EventLoop& loop) : loop_{loop} {}
    ~IdleTrimmer() { loop_.timers().remove(*this); }
    IdleTrimmer(const IdleTrimmer&) = delete;
    IdleTrimmer& operator=(const IdleTrimmer&) = delete;

    /// A connection of the origin has become idle. An origin stays while it is `trimmed`.
    void note(PooledOrigin& origin);
    void forget(PooledOrigin& origin);

private:
    void expired() override;

    net::EventLoop& loop_;
    std::vector<PooledOrigin*> origins_;
};

}  // namespace countersign::proxy::upstream
