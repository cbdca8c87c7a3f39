#pragma once

#include <chrono>

#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::net {

/// The time of day for points of the steady clock, at the price of an addition: what lies between
/// the two clocks is looked at once a second. So a clock that is set shows after a second.
class WallClock {
public:
    using Time = std::chrono::system_clock::time_point;

    Time at(TimePoint time) {
        if (time >= look_again_) look(time);
        return Time{std::chrono::duration_cast<Time::duration>(time.time_since_epoch()) + ahead_};
    }

private:
    void look(TimePoint time) {
        ahead_ = std::chrono::duration_cast<Time::duration>(
            std::chrono::system_clock::now().time_since_epoch() - Clock::now().time_since_epoch()
        );
        look_again_ = time + std::chrono::seconds{1};
    }

    Time::duration ahead_{0};
    TimePoint look_again_ = TimePoint::min();
};

}  // namespace countersign::proxy::net
