#include "proxy/net/event_loop.hpp"

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <utility>

namespace countersign::proxy::net {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

/// Asio's part. Its own locks are left out where only the worker's thread comes; that of its queue
/// stays, for `post`.
struct EventLoop::Runtime {
    explicit Runtime(int socket_set) : sockets{context, socket_set} {}
    ~Runtime() { sockets.release(); }

    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    asio::posix::basic_stream_descriptor<Executor> sockets;
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer{context};
};

Cancellable::Cancellable(EventLoop& loop) : loop_{loop}, next_{loop.cancellables_} {
    if (next_ != nullptr) next_->previous_ = this;
    loop.cancellables_ = this;
}

Cancellable::~Cancellable() {
    (previous_ != nullptr ? previous_->next_ : loop_.cancellables_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
}

EventLoop::EventLoop()
    : timers_{[this] {
          if (!in_round_) wait_for_deadlines();
      }} {
    runtime_ = std::make_unique<Runtime>(sockets_.fd());
    wait_for_sockets();
}

EventLoop::~EventLoop() = default;

asio::io_context& EventLoop::context() { return runtime_->context; }

void EventLoop::run() { runtime_->context.run(); }

void EventLoop::stop() { runtime_->context.stop(); }

void EventLoop::post(std::function<void()> work) {
    asio::post(runtime_->context, [this, work = std::move(work)] { round(work); });
    posted_ = true;  // not before: whoever sees it goes to Asio, once
    sockets_.wake();
}

void EventLoop::wait_for_sockets() {
    runtime_->sockets.async_wait(
        asio::posix::descriptor_base::wait_read,
        [this](const boost::system::error_code& error) {
            if (error) return;
            round([] {});
            linger();
            wait_for_sockets();
        }
    );
}

// One timer for all deadlines, and it is set anew only where one comes before all others.
void EventLoop::wait_for_deadlines() {
    if (timers_.earliest() >= timer_set_to_) return;
    timer_set_to_ = timers_.earliest();
    runtime_->timer.expires_at(timer_set_to_);
    runtime_->timer.async_wait([this](const boost::system::error_code& error) {
        if (error) return;  // set to an earlier time
        timer_set_to_ = kNever;
        round([this] { timers_.expire(now_); });
    });
}

// A deadline is held against what had come by the same time: so each round looks.
void EventLoop::begin_round() {
    sockets_.look();
    tell_sockets();
}

void EventLoop::tell_sockets() {
    assert(!in_round_);
    in_round_ = true;
    now_ = Clock::now();
    sockets_.tell();
}

// To go through Asio costs two system calls more than to ask the set, and a nested wake-up: while
// nothing waits there, the worker waits in the set, for sockets and for `post`.
void EventLoop::linger() {
    constexpr int kRounds = 32;
    const TimePoint until = now_ + std::chrono::seconds{1};
    for (int i = 0; i < kRounds && now_ < until; ++i) {
        const int wait = patience();
        if (wait == 0 || !sockets_.look(wait)) return;
        tell_sockets();
        end_round();
    }
}

// Never for long: who begins a wait in Asio without saying so is late, and no more.
int EventLoop::patience() {
    constexpr long kMost = 1000;
    const bool posted = posted_ && posted_.exchange(false);
    const bool asio_has_work = posted || resumes_later_ || asio_waits_ > 0;
    if (asio_has_work || runtime_->context.stopped()) return 0;
    const auto left = std::chrono::floor<std::chrono::milliseconds>(timers_.earliest() - now_);
    return static_cast<int>(std::clamp<long>(left.count(), 0, kMost));
}

// Who is resumed may defer more: those go on in the next round, after what has come by then.
void EventLoop::end_round() {
    resuming_.swap(deferred_);
    for (const std::coroutine_handle<> waiter : resuming_) waiter.resume();
    resuming_.clear();
    in_round_ = false;
    if (!deferred_.empty()) resume_later();
    wait_for_deadlines();
}

void EventLoop::defer(std::coroutine_handle<> waiter) {
    deferred_.push_back(waiter);
    if (!in_round_) resume_later();
}

void EventLoop::resume_later() {
    if (std::exchange(resumes_later_, true)) return;
    asio::post(runtime_->context, [this] {
        resumes_later_ = false;
        round([] {});
    });
}

void EventLoop::cancel_all() {
    cancelled_ = true;
    for (Cancellable* one = cancellables_; one != nullptr; one = one->next_) {
        if (one->waiting()) one->cancel();
    }
}

}  // namespace countersign::proxy::net
