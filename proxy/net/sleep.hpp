#pragma once

#include <coroutine>

#include "proxy/net/reactor.hpp"

namespace countersign::proxy {

/// co_await Sleep{reactor, until}: goes on at that time. For back-off alone; it is not cancelled,
/// so keep it short.
class Sleep final : private Timer {
public:
    Sleep(Reactor& reactor, TimePoint until) : reactor_{reactor}, until_{until} {}
    ~Sleep() { reactor_.timers().remove(*this); }

    bool await_ready() const { return reactor_.cancelled(); }
    void await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        reactor_.timers().set(*this, until_);
    }
    void await_resume() const {}

private:
    void expired() override { waiter_.resume(); }

    Reactor& reactor_;
    TimePoint until_;
    std::coroutine_handle<> waiter_;
};

}  // namespace countersign::proxy
