#include "proxy/net/reactor.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

namespace countersign::proxy {

namespace {

constexpr int kEventsPerRound = 256;

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

Cancellable::Cancellable(Reactor& reactor) : reactor_{reactor}, next_{reactor.cancellables_} {
    if (next_ != nullptr) next_->previous_ = this;
    reactor.cancellables_ = this;
}

Cancellable::~Cancellable() {
    (previous_ != nullptr ? previous_->next_ : reactor_.cancellables_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
}

Reactor::Reactor() : events_(kEventsPerRound) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) throw_errno("epoll_create1");
    wakeup_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (wakeup_ < 0) throw_errno("eventfd");
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = nullptr;  // the wake-up is the one event without a source
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event) != 0) throw_errno("epoll_ctl");
}

Reactor::~Reactor() {
    ::close(wakeup_);
    ::close(epoll_);
}

void Reactor::add(int fd, EventSource& source, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &source;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) throw_errno("epoll_ctl");
}

void Reactor::modify(int fd, EventSource& source, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &source;
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0) throw_errno("epoll_ctl");
}

void Reactor::remove(int fd, EventSource& source, bool closing) {
    if (!closing) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    for (int i = next_event_; i < event_count_; ++i) {
        epoll_event& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == &source) event.events = 0;
    }
}

int Reactor::timeout() const {
    if (!deferred_.empty()) return 0;
    const TimePoint earliest = timers_.earliest();
    if (earliest == kNever) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(earliest - now_).count();
    return static_cast<int>(std::clamp<long>(left, 0, std::numeric_limits<int>::max()));
}

/// With a thousand connections none of their memory is in the nearest cache when their turn comes:
/// what the next events will touch is fetched while this one is worked on.
void Reactor::warm_up_next() {
    constexpr int kSource = 3;
    constexpr int kBehindIt = 1;
    const auto at = [this](int ahead) -> const epoll_event& {
        return events_[static_cast<std::size_t>(next_event_ + ahead)];
    };
    if (next_event_ + kSource < event_count_) {
        const char* const source = static_cast<const char*>(at(kSource).data.ptr);
        __builtin_prefetch(source);
        __builtin_prefetch(source + 64);
        __builtin_prefetch(source + 128);
    }
    if (next_event_ + kBehindIt < event_count_) {
        const epoll_event& next = at(kBehindIt);
        if (next.data.ptr == nullptr || next.events == 0) return;
        const char* const touched =
            static_cast<const char*>(static_cast<EventSource*>(next.data.ptr)->first_touched_);
        __builtin_prefetch(touched);
        __builtin_prefetch(touched + 64);
    }
}

void Reactor::run() {
    while (!stopped_) {
        const int count = ::epoll_wait(epoll_, events_.data(), kEventsPerRound, timeout());
        now_ = Clock::now();
        event_count_ = std::max(count, 0);
        for (next_event_ = 0; next_event_ < event_count_;) {
            const epoll_event event = events_[static_cast<std::size_t>(next_event_++)];
            warm_up_next();
            if (event.data.ptr == nullptr) {
                run_posted();
            } else if (event.events != 0) {
                static_cast<EventSource*>(event.data.ptr)->on_events(event.events);
            }
        }
        event_count_ = 0;
        timers_.expire(now_);
        resume_deferred();
    }
}

void Reactor::resume_deferred() {
    // Who is resumed may defer more: those go on in the next round, after what has happened
    // meanwhile.
    resuming_.swap(deferred_);
    for (const std::coroutine_handle<> waiter : resuming_) waiter.resume();
    resuming_.clear();
}

void Reactor::post(std::function<void()> work) {
    {
        const std::lock_guard lock{posted_mutex_};
        posted_.push_back(std::move(work));
    }
    const std::uint64_t one = 1;
    // It can only fail by being full already, and then the wake-up is under way.
    [[maybe_unused]] const auto written = ::write(wakeup_, &one, sizeof one);
}

void Reactor::run_posted() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wakeup_, &count, sizeof count);
    std::vector<std::function<void()>> work;
    {
        const std::lock_guard lock{posted_mutex_};
        work.swap(posted_);
    }
    for (const auto& item : work) item();
}

void Reactor::cancel_all() {
    cancelled_ = true;
    // A cancelled task may destroy what it waited for, and more: start again from the front each
    // time, until a walk over all of them finds nobody waiting.
    bool again = true;
    while (again) {
        again = false;
        for (Cancellable* one = cancellables_; one != nullptr; one = one->next_) {
            if (one->waiting()) {
                one->cancel();
                again = true;
                break;
            }
        }
    }
}

}  // namespace countersign::proxy
