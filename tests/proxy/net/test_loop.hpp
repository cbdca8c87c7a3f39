#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "proxy/net/reactor.hpp"
#include "proxy/net/sleep.hpp"
#include "proxy/net/task_group.hpp"
#include "tests/support/process.hpp"

namespace countersign::proxy {

/// A reactor with a task group, for one test: `run` serves events until every task has ended. What
/// takes longer than a test may wait is cancelled and fails it, as does an exception that escapes.
class TestLoop {
public:
    TestLoop() : own_{std::make_unique<Reactor>()}, reactor_{*own_} {}
    /// On a reactor that outlives it.
    explicit TestLoop(Reactor& reactor) : reactor_{reactor} {}

    Reactor& reactor() { return reactor_; }

    void spawn(Task<void> task) { tasks_.spawn(std::move(task)); }
    void run() {
        if (tasks_.size() == 0) return;
        tasks_.on_idle([this] {
            if (last_) {
                reactor_.post([this] { last_([this] { reactor_.stop(); }); });
            } else {
                reactor_.stop();
            }
        });
        reactor_.timers().set(watchdog_, Clock::now() + tests::kPatience);
        reactor_.post([] {});  // a task that was woken before the first round waits for one
        reactor_.run();
        reactor_.timers().remove(watchdog_);
    }
    void run(Task<void> task) {
        spawn(std::move(task));
        run();
    }
    /// Called when every task has ended, with what is to be called when the loop may end.
    void at_end(std::function<void(std::function<void()>)> last) { last_ = std::move(last); }

private:
    class Watchdog final : public Timer {
    public:
        explicit Watchdog(Reactor& reactor) : reactor_{reactor} {}

    private:
        void expired() override {
            ADD_FAILURE() << "the tasks did not end in time";
            reactor_.cancel_all();
        }
        Reactor& reactor_;
    };

    static void report(std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& exception) {
            ADD_FAILURE() << "escaped a task: " << exception.what();
        }
    }

    std::unique_ptr<Reactor> own_;
    Reactor& reactor_;
    TaskGroup tasks_{report};
    std::function<void(std::function<void()>)> last_;
    Watchdog watchdog_{reactor_};
};

/// Goes on after every event that has happened by now was told to its source.
inline Task<void> next_round(Reactor& reactor) {
    // A timer that is set while events are told still expires in that round; the second does not.
    for (int i = 0; i < 2; ++i) {
        Sleep turn{reactor, reactor.now()};
        co_await turn;
    }
}

}  // namespace countersign::proxy
