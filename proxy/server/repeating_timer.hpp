#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <utility>

namespace countersign::proxy::server {

/// Calls a function again and again, on the thread of its context, the first time after one
/// interval. Ends with `stop`, or when it goes.
class RepeatingTimer {
public:
    RepeatingTimer(
        boost::asio::io_context& context, std::chrono::milliseconds interval,
        std::function<void()> action
    )
        : interval_{interval}, action_{std::move(action)}, timer_{context} {
        wait();
    }
    RepeatingTimer(const RepeatingTimer&) = delete;
    RepeatingTimer& operator=(const RepeatingTimer&) = delete;

    /// A call that is due already is not made any more: a cancel alone would come too late for it.
    void stop() {
        stopped_ = true;
        timer_.cancel();
    }

private:
    void wait() {
        timer_.expires_after(interval_);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error || stopped_) return;
            // Before the action, so that an exception does not end it.
            wait();
            action_();
        });
    }

    std::chrono::milliseconds interval_;
    std::function<void()> action_;
    bool stopped_ = false;
    boost::asio::steady_timer timer_;
};

}  // namespace countersign::proxy::server
