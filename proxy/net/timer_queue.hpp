#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace countersign::proxy::net {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

inline constexpr TimePoint kNever = TimePoint::max();

/// Something that wants to be told at a time. Lives where its owner lives; leaves its queue when it
/// goes.
class Timer {
public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    bool queued() const { return index_ != kNotQueued; }
    TimePoint when() const { return when_; }

protected:
    ~Timer() = default;

private:
    friend class TimerQueue;
    static constexpr std::uint32_t kNotQueued = UINT32_MAX;

    /// The time has come; the timer is in no queue any more and may be set again, or destroyed.
    virtual void expired() = 0;

    TimePoint when_ = kNever;
    std::uint32_t index_ = kNotQueued;
};

/// The timers of one worker, a binary heap of pointers. Setting one costs O(log n): what changes
/// often keeps its deadline as a number beside the timer and lets the timer fire early (see
/// Descriptor).
class TimerQueue {
public:
    /// Has room for the timers of a small proxy from the start. `on_earlier` is called when a timer
    /// is set that comes before all others.
    explicit TimerQueue(std::function<void()> on_earlier = {});

    void set(Timer& timer, TimePoint when);
    void remove(Timer& timer);

    TimePoint earliest() const { return heap_.empty() ? kNever : heap_.front()->when_; }
    bool empty() const { return heap_.empty(); }

    /// Expires what is due. A timer set during this to a time that is due waits for the next call.
    void expire(TimePoint now);

private:
    void place(std::size_t index, Timer* timer);
    void sift_up(std::size_t index);
    void sift_down(std::size_t index);

    std::function<void()> on_earlier_;
    std::vector<Timer*> heap_;
    std::vector<Timer*> due_;
};

}  // namespace countersign::proxy::net
