#pragma once

#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/event_loop.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::client {

/// Gives back to the system what a burst has left in a worker's pools: some tenths of a second
/// after it is not needed any more, and not at all while the pools are small. A worker at rest is
/// not woken by it.
class Tidier final : private net::Timer {
public:
    Tidier(net::EventLoop& loop, net::BufferPool& buffers) : loop_{loop}, buffers_{buffers} {}
    ~Tidier() { loop_.timers().remove(*this); }
    Tidier(const Tidier&) = delete;
    Tidier& operator=(const Tidier&) = delete;

    /// After each exchange and each session: the pools are in use.
    void note_use() {
        if (!queued()) wait();
    }

private:
    void wait();
    void expired() override;

    net::EventLoop& loop_;
    net::BufferPool& buffers_;
};

}  // namespace countersign::proxy::client
