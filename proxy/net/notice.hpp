#pragma once

#include <coroutine>
#include <utility>

#include "proxy/net/descriptor.hpp"

namespace countersign::proxy::net {

/// One task waits for word from another of the same worker, or for a deadline. The waiting task
/// owns it.
class Notice final : public Cancellable, private Timer {
public:
    explicit Notice(EventLoop& loop) : Cancellable{loop} {}
    ~Notice() { loop().timers().remove(*this); }

    /// The word. The waiter goes on at the end of this round; a wait that has not begun will not
    /// begin.
    void notify() { finish(Wait::ready); }

    class Waiting {
    public:
        Waiting(Notice& notice, TimePoint deadline) : notice_{notice}, deadline_{deadline} {}
        bool await_ready() {
            if (!notice_.done_ && notice_.loop().cancelled()) notice_.finish(Wait::cancelled);
            if (!notice_.done_ && deadline_ <= notice_.loop().now()) {
                notice_.finish(Wait::timed_out);
            }
            return notice_.done_;
        }
        void await_suspend(std::coroutine_handle<> waiter) {
            notice_.waiter_ = waiter;
            notice_.loop().timers().set(notice_, deadline_);
        }
        Wait await_resume() const { return notice_.result_; }

    private:
        Notice& notice_;
        TimePoint deadline_;
    };
    /// co_await gives a Wait.
    Waiting wait(TimePoint deadline) { return Waiting{*this, deadline}; }

    bool waiting() const override { return static_cast<bool>(waiter_); }
    void cancel() override { finish(Wait::cancelled); }

private:
    void expired() override { finish(Wait::timed_out); }
    void finish(Wait result) {
        if (done_) return;
        done_ = true;
        result_ = result;
        loop().timers().remove(*this);
        if (waiter_) loop().defer(std::exchange(waiter_, {}));
    }

    std::coroutine_handle<> waiter_;
    bool done_ = false;
    Wait result_ = Wait::ready;
};

}  // namespace countersign::proxy::net
