#pragma once

#include "proxy/generation/generation_handle.hpp"
#include "proxy/net/event_loop.hpp"
#include "proxy/upstream/upstream_pool.hpp"

namespace countersign::proxy::client {

/// Ends the upstream connections of what a generation does not have any more: at once, and those
/// of identities before a renewal when their time is over (`rotation.overlap`).
class Retirement final : private net::Timer {
public:
    Retirement(net::EventLoop& loop, upstream::UpstreamPool& pool) : loop_{loop}, pool_{pool} {}
    ~Retirement() { loop_.timers().remove(*this); }

    void follow(generation::GenerationHandle generation);

private:
    void expired() override;

    net::EventLoop& loop_;
    upstream::UpstreamPool& pool_;
    generation::GenerationHandle generation_;
};

}  // namespace countersign::proxy::client
