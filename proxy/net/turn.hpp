#pragma once

#include <coroutine>

#include "proxy/net/event_loop.hpp"

namespace countersign::proxy::net {

/// `GiveTurn turn{loop}; co_await turn;`: everything else that is due has its turn first. For a
/// task that could go on for long without ever having to wait.
class GiveTurn {
public:
    explicit GiveTurn(EventLoop& loop) : loop_{loop} {}

    bool await_ready() const { return loop_.cancelled(); }
    void await_suspend(std::coroutine_handle<> task) const { loop_.defer(task); }
    void await_resume() const {}

private:
    EventLoop& loop_;
};

}  // namespace countersign::proxy::net
