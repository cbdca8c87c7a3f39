#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "proxy/net/timer_queue.hpp"

struct epoll_event;

namespace countersign::proxy {

/// Something in the reactor's epoll set.
class EventSource {
public:
    /// `events` as epoll_wait gave them. The source may destroy itself.
    virtual void on_events(std::uint32_t events) = 0;

protected:
    ~EventSource() = default;

    /// What the next event will touch first beside the source itself, or null: a hint, never
    /// followed.
    const void* first_touched_ = nullptr;

private:
    friend class Reactor;
};

class Reactor;

/// Something that tasks wait for, and that the second step of a stop ends. In its reactor's list
/// while it lives.
class Cancellable {
public:
    explicit Cancellable(Reactor& reactor);
    Cancellable(const Cancellable&) = delete;
    Cancellable& operator=(const Cancellable&) = delete;

    Reactor& reactor() const { return reactor_; }
    virtual bool waiting() const = 0;
    /// Ends every wait, now and later, as cancelled. Resumes who waits before it returns.
    virtual void cancel() = 0;

protected:
    ~Cancellable();

private:
    friend class Reactor;
    Reactor& reactor_;
    Cancellable* next_ = nullptr;
    Cancellable* previous_ = nullptr;
};

/// The event loop of one worker: one epoll set, one thread, one timer queue. Descriptors are
/// registered once, edge triggered for everything, and never modified again: a wait that finds its
/// descriptor ready, and one that does not, both cost no system call (README, "Why not Asio's
/// reactor"). All of it but `post` belongs to the thread that calls `run`.
class Reactor {
public:
    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Serves events until `stop`.
    void run();
    void stop() { stopped_ = true; }

    /// From any thread: `work` runs on this reactor's thread, soon.
    void post(std::function<void()> work);

    /// The time of the current round of events: good for limits, too coarse for a latency.
    TimePoint now() const { return now_; }
    TimerQueue& timers() { return timers_; }

    /// `waiter` goes on at the end of this round of events, or of the next where this one has come
    /// to its end: for waking one task from within another, and for letting others have their turn.
    void defer(std::coroutine_handle<> waiter) { deferred_.push_back(waiter); }

    /// Every wait ends as cancelled from now on: the second step of a stop.
    void cancel_all();
    bool cancelled() const { return cancelled_; }

    void add(int fd, EventSource& source, std::uint32_t events);
    void modify(int fd, EventSource& source, std::uint32_t events);
    /// Takes it out of the epoll set (unless the caller closes the descriptor anyway) and drops
    /// what was already reported of it in this round.
    void remove(int fd, EventSource& source, bool closing);

private:
    friend class Cancellable;

    void warm_up_next();
    void run_posted();
    void resume_deferred();
    int timeout() const;

    int epoll_ = -1;
    int wakeup_ = -1;
    bool stopped_ = false;
    bool cancelled_ = false;
    TimePoint now_ = Clock::now();
    TimerQueue timers_;
    std::vector<epoll_event> events_;
    int next_event_ = 0;
    int event_count_ = 0;
    Cancellable* cancellables_ = nullptr;
    std::vector<std::coroutine_handle<>> deferred_;
    std::vector<std::coroutine_handle<>> resuming_;

    std::mutex posted_mutex_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace countersign::proxy
