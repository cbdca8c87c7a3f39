#pragma once

#include <cassert>
#include <coroutine>
#include <cstdint>

#include "proxy/net/event_loop.hpp"
#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::net {

/// How a wait ended.
enum class Wait : std::uint8_t { ready, timed_out, cancelled };

/// Told about a descriptor on which nobody waits: an idle upstream connection that speaks or
/// closes, or is too old.
class IdleWatcher {
public:
    /// The descriptor may be destroyed in here.
    virtual void on_idle_event(bool timed_out) = 0;

protected:
    ~IdleWatcher() = default;
};

/// A non-blocking socket in a loop: owns it, knows whether it is readable and writable, and lets
/// one task wait for each. Readiness is remembered between waits (edge triggered): who reads or
/// writes says when it found the end, by `drained()` or `filled()`. A limit on a wait is a number
/// kept here; the timer behind it may fire early and looks again, so that a limit which only moves
/// later costs nothing. Not movable: the loop knows its address.
class Descriptor final : private EventSource, public Cancellable, private Timer {
public:
    /// A listener is told of as long as somebody waits there, in each round, and of that alone.
    enum class Of : std::uint8_t { connection, listener };

    /// Throws std::system_error where it cannot be watched.
    Descriptor(EventLoop& loop, UniqueFd fd, Of of = Of::connection);
    ~Descriptor();

    int fd() const { return fd_.get(); }

    bool readable() const { return readable_; }
    bool writable() const { return writable_; }
    /// The other side has closed its half, or more: what was read to the end now stays at its end.
    bool peer_closed() const { return peer_closed_; }
    /// The connection is gone as a whole (reset, or closed in both directions).
    bool hung_up() const { return hung_up_; }

    /// A read came back with less than was asked for: nothing is there until the next event.
    void drained() {
        if (!peer_closed_) readable_ = false;
    }
    /// Whether all that had come by the beginning of this round is in `readable` and the others.
    bool is_up_to_date() const { return loop().sockets_.has_told(*this); }
    /// The kernel was asked, and has something that no event has told yet.
    void found_readable() { readable_ = true; }
    void filled() { writable_ = hung_up_; }

    class ReadWait;
    class WriteWait;
    friend class EitherWait;
    /// co_await gives a Wait. One task may wait for each direction.
    ReadWait wait_readable(TimePoint deadline);
    WriteWait wait_writable(TimePoint deadline);

    void cancel() override;
    bool waiting() const override { return read_waiter_ || write_waiter_; }

    /// Nobody waits here for a while: events, and the deadline, go to `watcher`.
    void watch_idle(IdleWatcher* watcher, TimePoint deadline);
    void unwatch() { watcher_ = nullptr; }
    /// Of a listener: whether it is told of who waits.
    void listen(bool is_told) { loop().sockets_.listen(fd_.get(), *this, is_told); }

private:
    void on_events(SocketEvents events) override;
    void expired() override;
    void arm(TimePoint deadline);
    bool is_cancelled() const { return cancelled_ || loop().cancelled(); }
    Wait outcome(bool ready) const;
    void resume_reader(Wait result);
    void resume_writer(Wait result);

    bool has_for_writer() const { return writer_wants_hang_up_ ? hung_up_ : writable_; }

    std::coroutine_handle<> read_waiter_;
    std::coroutine_handle<> write_waiter_;
    TimePoint read_deadline_ = kNever;
    TimePoint write_deadline_ = kNever;
    IdleWatcher* watcher_ = nullptr;
    bool* alive_ = nullptr;  // set false when this goes while on_events works on it
    UniqueFd fd_;
    bool readable_ = false;
    bool writable_ = false;
    bool peer_closed_ = false;
    bool hung_up_ = false;
    bool cancelled_ = false;
    bool writer_wants_hang_up_ = false;
    Of of_;
    Wait read_result_ = Wait::ready;
    Wait write_result_ = Wait::ready;
};

class [[nodiscard]] Descriptor::ReadWait {
public:
    ReadWait(Descriptor& descriptor, TimePoint deadline)
        : descriptor_{descriptor}, deadline_{deadline} {}
    bool await_ready() {
        descriptor_.read_result_ = descriptor_.outcome(descriptor_.readable_);
        return descriptor_.read_result_ == Wait::cancelled || descriptor_.readable_;
    }
    void await_suspend(std::coroutine_handle<> waiter) {
        assert(!descriptor_.read_waiter_);
        descriptor_.read_waiter_ = waiter;
        descriptor_.first_touched_ = waiter.address();
        descriptor_.read_deadline_ = deadline_;
        descriptor_.arm(deadline_);
    }
    Wait await_resume() const { return descriptor_.read_result_; }

private:
    Descriptor& descriptor_;
    TimePoint deadline_;
};

class [[nodiscard]] Descriptor::WriteWait {
public:
    WriteWait(Descriptor& descriptor, TimePoint deadline)
        : descriptor_{descriptor}, deadline_{deadline} {}
    bool await_ready() {
        descriptor_.write_result_ = descriptor_.outcome(descriptor_.writable_);
        return descriptor_.write_result_ == Wait::cancelled || descriptor_.writable_;
    }
    void await_suspend(std::coroutine_handle<> waiter) {
        assert(!descriptor_.write_waiter_);
        descriptor_.writer_wants_hang_up_ = false;
        descriptor_.write_waiter_ = waiter;
        descriptor_.write_deadline_ = deadline_;
        descriptor_.arm(deadline_);
    }
    Wait await_resume() const { return descriptor_.write_result_; }

private:
    Descriptor& descriptor_;
    TimePoint deadline_;
};

inline Descriptor::ReadWait Descriptor::wait_readable(TimePoint deadline) {
    return ReadWait{*this, deadline};
}
inline Descriptor::WriteWait Descriptor::wait_writable(TimePoint deadline) {
    return WriteWait{*this, deadline};
}
inline Wait Descriptor::outcome(bool ready) const {
    if (is_cancelled()) return Wait::cancelled;
    return ready ? Wait::ready : Wait::timed_out;
}
inline void Descriptor::arm(TimePoint deadline) {
    if (deadline != kNever && (!queued() || when() > deadline))
        loop().timers().set(*this, deadline);
}

}  // namespace countersign::proxy::net
