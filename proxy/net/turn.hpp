#pragma once

#include <coroutine>

#include "proxy/net/reactor.hpp"

namespace countersign::proxy {

/// `GiveTurn turn{reactor}; co_await turn;`: everything else that is due has its turn first. For a
/// task that could go on for long without ever having to wait.
class GiveTurn {
public:
    explicit GiveTurn(Reactor& reactor) : reactor_{reactor} {}

    bool await_ready() const { return reactor_.cancelled(); }
    void await_suspend(std::coroutine_handle<> task) const { reactor_.defer(task); }
    void await_resume() const {}

private:
    Reactor& reactor_;
};

}  // namespace countersign::proxy
