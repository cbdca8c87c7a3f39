#pragma once

#include <atomic>
#include <coroutine>
#include <functional>
#include <memory>
#include <vector>

#include "proxy/net/socket_set.hpp"
#include "proxy/net/timer_queue.hpp"

namespace boost::asio {
class io_context;
}

namespace countersign::proxy::net {

class EventLoop;

/// Something that tasks wait for, and that the second step of a stop ends. In its loop's list while
/// it lives.
class Cancellable {
public:
    explicit Cancellable(EventLoop& loop);
    Cancellable(const Cancellable&) = delete;
    Cancellable& operator=(const Cancellable&) = delete;

    EventLoop& loop() const { return loop_; }
    virtual bool waiting() const = 0;
    /// Ends every wait, now and later, as cancelled. Who waits is resumed by the loop, and not in
    /// here.
    virtual void cancel() = 0;

protected:
    ~Cancellable();

private:
    friend class EventLoop;
    EventLoop& loop_;
    Cancellable* next_ = nullptr;
    Cancellable* previous_ = nullptr;
};

/// What a worker runs on: an `asio::io_context` of one thread, with the set of its exchanges'
/// sockets, its deadlines behind one `steady_timer`, and the tasks that gave up their turn. All of
/// it but `post` belongs to the thread that calls `run`.
class EventLoop {
public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// For what waits rarely: name servers, pauses. What their completions do, they do
    /// in a `round`; who began such a wait cancels it.
    boost::asio::io_context& context();

    /// One wait more or less in `context()`, as UseTask counts them by itself: while there is none,
    /// Asio's turn may take two seconds.
    void count_wait(int change) { asio_waits_ += change; }

    /// Runs until `stop`.
    void run();
    void stop();

    /// From any thread: `work` runs in a round of this loop, soon.
    void post(std::function<void()> work);

    /// Everything happens in a round: first the sockets are told what has come by now, then `work`,
    /// which does not throw, then the tasks that were deferred meanwhile go on. Never within
    /// another.
    template <class Work>
    void round(Work&& work) {
        begin_round();
        work();
        end_round();
    }

    /// The time of the current round: good for limits, too coarse for a latency.
    TimePoint now() const { return now_; }
    TimerQueue& timers() { return timers_; }

    /// `waiter` goes on at the end of this round, or in the next where this one has come to its
    /// end: for waking one task from within another, and for letting others have their turn.
    void defer(std::coroutine_handle<> waiter);

    /// Every wait for a Cancellable ends as cancelled from now on: the second step of a stop.
    void cancel_all();
    bool cancelled() const { return cancelled_; }

private:
    friend class Cancellable;
    friend class Descriptor;
    struct Runtime;

    void begin_round();
    void tell_sockets();
    void end_round();
    void linger();
    int patience();
    void wait_for_sockets();
    void wait_for_deadlines();
    void resume_later();

    bool in_round_ = false;
    bool resumes_later_ = false;
    bool cancelled_ = false;
    std::atomic<bool> posted_ = false;
    int asio_waits_ = 0;
    TimePoint now_ = Clock::now();
    TimePoint timer_set_to_ = kNever;
    SocketSet sockets_;
    TimerQueue timers_;
    Cancellable* cancellables_ = nullptr;
    std::vector<std::coroutine_handle<>> deferred_;
    std::vector<std::coroutine_handle<>> resuming_;
    std::unique_ptr<Runtime> runtime_;  // goes first: it watches the set
};

}  // namespace countersign::proxy::net
