#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "proxy/net/event_loop.hpp"
#include "proxy/net/task_group.hpp"
#include "proxy/net/use_task.hpp"
#include "tests/support/process.hpp"

namespace countersign::proxy::net {

/// An event loop with a task group, for one test: `run` runs it until every task has ended.
/// What takes longer than a test may wait is cancelled and fails it, as does an exception that
/// escapes.
class TestLoop {
public:
    TestLoop() : own_{std::make_unique<EventLoop>()}, event_loop_{*own_} {}
    /// On a loop that outlives it.
    explicit TestLoop(EventLoop& event_loop) : event_loop_{event_loop} {}

    EventLoop& event_loop() { return event_loop_; }

    void spawn(Task<void> task) { tasks_.spawn(std::move(task)); }
    void run() {
        if (tasks_.size() == 0) return;
        tasks_.on_idle([this] {
            if (last_) {
                event_loop_.post([this] { last_([this] { event_loop_.stop(); }); });
            } else {
                event_loop_.stop();
            }
        });
        event_loop_.timers().set(watchdog_, Clock::now() + tests::kPatience);
        event_loop_.post([] {});  // a task that was woken before the first round waits for one
        event_loop_.run();
        event_loop_.timers().remove(watchdog_);
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
        explicit Watchdog(EventLoop& event_loop) : event_loop_{event_loop} {}

    private:
        void expired() override {
            ADD_FAILURE() << "the tasks did not end in time";
            event_loop_.cancel_all();
        }
        EventLoop& event_loop_;
    };

    static void report(std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& exception) {
            ADD_FAILURE() << "escaped a task: " << exception.what();
        }
    }

    std::unique_ptr<EventLoop> own_;
    EventLoop& event_loop_;
    TaskGroup tasks_{report};
    std::function<void(std::function<void()>)> last_;
    Watchdog watchdog_{event_loop_};
};

/// Goes on after every event that has happened by now was told to its source.
inline Task<void> next_round(EventLoop& event_loop) {
    // What has happened is found behind the first, and told before the second.
    for (int i = 0; i < 2; ++i) {
        auto turn = boost::asio::post(event_loop.context(), UseTask{event_loop});
        co_await turn;
    }
}

inline Task<void> pause(EventLoop& event_loop, Clock::duration time) {
    boost::asio::steady_timer timer{event_loop.context(), time};
    auto its_end = timer.async_wait(UseTask{event_loop});
    co_await its_end;
}

}  // namespace countersign::proxy::net
