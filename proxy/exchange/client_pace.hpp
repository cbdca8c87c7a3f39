#pragma once

#include <chrono>
#include <cstdint>

#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::exchange {

/// Whether a client keeps up with a rate while it is waited for; time in which the server is waited
/// for, or the proxy is busy, does not count. It lags by what it was waited for, and each byte
/// makes up for the time that the rate has for it, but not for time that is still to come. No
/// clock.
class ClientPace {
public:
    /// A client that lags by more than this does not keep up.
    static constexpr auto kMostLag = std::chrono::seconds{2};

    /// `rate`: bytes a second; 0: whoever is as slow as may be keeps up.
    explicit ClientPace(std::uint64_t rate) : rate_{rate} {}

    bool waits() const { return since_ != net::kNever; }
    /// Nothing can be moved now but by the client.
    void wait(net::TimePoint now) {
        if (rate_ != 0 && !waits()) since_ = now;
    }
    void moved(std::uint64_t bytes, net::TimePoint now) {
        if (!waits() && lag_ == net::Clock::duration{}) return;
        lag_ = lag(now);
        since_ = net::kNever;
        const double made_up = static_cast<double>(bytes) / static_cast<double>(rate_);
        if (made_up >= std::chrono::duration<double>(lag_).count()) {
            lag_ = {};
        } else {
            lag_ -= std::chrono::duration_cast<net::Clock::duration>(
                std::chrono::duration<double>(made_up)
            );
        }
    }
    bool keeps_up(net::TimePoint now) const { return lag(now) <= kMostLag; }

private:
    net::Clock::duration lag(net::TimePoint now) const {
        return waits() ? lag_ + (now - since_) : lag_;
    }

    std::uint64_t rate_;
    net::TimePoint since_ = net::kNever;
    net::Clock::duration lag_{};
};

}  // namespace countersign::proxy::exchange
