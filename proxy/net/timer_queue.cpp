#include "proxy/net/timer_queue.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy::net {

TimerQueue::TimerQueue(std::function<void()> on_earlier) : on_earlier_{std::move(on_earlier)} {
    constexpr std::size_t kRoom = 64;
    heap_.reserve(kRoom);
    due_.reserve(kRoom);
}

void TimerQueue::place(std::size_t index, Timer* timer) {
    heap_[index] = timer;
    timer->index_ = static_cast<std::uint32_t>(index);
}

void TimerQueue::sift_up(std::size_t index) {
    Timer* timer = heap_[index];
    while (index > 0) {
        const std::size_t parent = (index - 1) / 2;
        if (heap_[parent]->when_ <= timer->when_) break;
        place(index, heap_[parent]);
        index = parent;
    }
    place(index, timer);
}

void TimerQueue::sift_down(std::size_t index) {
    Timer* timer = heap_[index];
    for (;;) {
        std::size_t child = 2 * index + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && heap_[child + 1]->when_ < heap_[child]->when_) ++child;
        if (timer->when_ <= heap_[child]->when_) break;
        place(index, heap_[child]);
        index = child;
    }
    place(index, timer);
}

void TimerQueue::set(Timer& timer, TimePoint when) {
    const TimePoint before = timer.when_;
    timer.when_ = when;
    if (!timer.queued()) {
        // It may have been due in this very call of `expire`: its new time counts.
        std::replace(due_.begin(), due_.end(), &timer, static_cast<Timer*>(nullptr));
        heap_.push_back(&timer);
        sift_up(heap_.size() - 1);
    } else if (when < before) {
        sift_up(timer.index_);
    } else {
        sift_down(timer.index_);
    }
    if (timer.index_ == 0 && on_earlier_) on_earlier_();
}

void TimerQueue::remove(Timer& timer) {
    std::replace(due_.begin(), due_.end(), &timer, static_cast<Timer*>(nullptr));
    if (!timer.queued()) return;
    const std::size_t index = timer.index_;
    timer.index_ = Timer::kNotQueued;
    Timer* last = heap_.back();
    heap_.pop_back();
    if (last == &timer) return;
    place(index, last);
    sift_up(index);
    sift_down(last->index_);
}

void TimerQueue::expire(TimePoint now) {
    while (!heap_.empty() && heap_.front()->when_ <= now) {
        Timer* timer = heap_.front();
        remove(*timer);
        due_.push_back(timer);
    }
    // An expiry may destroy timers that are due as well: remove() then puts a null in their place.
    for (std::size_t i = 0; i < due_.size(); ++i) {
        Timer* timer = due_[i];
        due_[i] = nullptr;
        if (timer != nullptr) timer->expired();
    }
    due_.clear();
}

}  // namespace countersign::proxy::net
