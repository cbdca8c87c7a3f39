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
    /// A thread that has to wait between the one clock and the other would be wrong by that for a
    /// second: of a few readings the quickest counts.
    void look(TimePoint time) {
        static constexpr int kReadings = 3;
        auto quickest = Clock::duration::max();
        for (int i = 0; i < kReadings && quickest > std::chrono::microseconds{2}; ++i) {
            const TimePoint before = Clock::now();
            const Time now = std::chrono::system_clock::now();
            const Clock::duration took = Clock::now() - before;
            if (took >= quickest) continue;
            quickest = took;
            ahead_ =
                now.time_since_epoch() -
                std::chrono::duration_cast<Time::duration>((before + took / 2).time_since_epoch());
        }
        look_again_ = time + std::chrono::seconds{1};
    }

    Time::duration ahead_{0};
    TimePoint look_again_ = TimePoint::min();
};

}  // namespace countersign::proxy::net
