#include "proxy/net/socket_set.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace countersign::proxy::net {

namespace {

constexpr int kEventsPerRound = 256;

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

SocketSet::SocketSet() : events_(kEventsPerRound) {
    epoll_ = UniqueFd{::epoll_create1(EPOLL_CLOEXEC)};
    if (!epoll_) throw_errno("epoll_create1");
    wake_up_ = UniqueFd{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    if (!wake_up_) throw_errno("eventfd");
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;  // each write is told once, and needs no read
    event.data.ptr = nullptr;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_up_.get(), &event) != 0)
        throw_errno("epoll_ctl");
}

SocketSet::~SocketSet() = default;

void SocketSet::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_up_.get(), &one, sizeof one);
}

void SocketSet::control(int operation, int fd, EventSource& source, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &source;
    if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) throw_errno("epoll_ctl");
}

void SocketSet::add(int fd, EventSource& source) {
    control(EPOLL_CTL_ADD, fd, source, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void SocketSet::add_listener(int fd, EventSource& source) {
    control(EPOLL_CTL_ADD, fd, source, EPOLLIN);
}

void SocketSet::listen(int fd, EventSource& source, bool is_told) {
    control(EPOLL_CTL_MOD, fd, source, is_told ? EPOLLIN : 0U);
}

void SocketSet::remove(const EventSource& source) {
    for (int i = next_event_; i < event_count_; ++i) {
        epoll_event& event = events_[static_cast<std::size_t>(i)];
        if (event.data.ptr == &source) event.events = 0;
    }
}

void SocketSet::remove_listener(int fd, const EventSource& source) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    remove(source);
}

/// With a thousand connections none of their memory is in the nearest cache when their turn comes:
/// what the next events will touch is fetched while this one is worked on.
void SocketSet::warm_up_next() const {
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

bool SocketSet::has_told(const EventSource& source) const {
    if (event_count_ == kEventsPerRound) return false;  // more may have come
    for (int i = next_event_; i < event_count_; ++i) {
        if (events_[static_cast<std::size_t>(i)].data.ptr == &source) return false;
    }
    return true;
}

bool SocketSet::look(int patience) {
    next_event_ = 0;
    event_count_ =
        std::max(::epoll_wait(epoll_.get(), events_.data(), kEventsPerRound, patience), 0);
    return event_count_ > 0;
}

void SocketSet::tell() {
    while (next_event_ < event_count_) {
        const epoll_event event = events_[static_cast<std::size_t>(next_event_++)];
        warm_up_next();
        if (event.data.ptr == nullptr || event.events == 0) continue;
        static_cast<EventSource*>(event.data.ptr)->on_events(SocketEvents{event.events});
    }
}

}  // namespace countersign::proxy::net
