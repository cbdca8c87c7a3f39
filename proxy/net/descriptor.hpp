#pragma once

#include <cassert>
#include <coroutine>
#include <cstdint>

#include "proxy/net/event_loop.hpp"

namespace countersign::proxy {

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
class Descriptor final : public EventSource, public Cancellable, private Timer {
public:
    /// Takes `fd`. Throws std::system_error where it cannot be watched.
    Descriptor(EventLoop& loop, int fd);
    ~Descriptor();

    int fd() const { return fd_; }

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
    bool is_up_to_date() const { return loop().sockets().has_told(*this); }
    /// The kernel was asked, and has something that no event has told yet.
    void found_readable() { readable_ = true; }
    void filled() { writable_ = hung_up_; }

    class ReadWait;
    class WriteWait;
    /// co_await gives a Wait. One task may wait for each direction.
    ReadWait wait_readable(TimePoint deadline);
    WriteWait wait_writable(TimePoint deadline);
    /// For a writer that needs input first (TLS): until something comes. It takes the writer's
    /// place.
    WriteWait wait_input_as_writer(TimePoint deadline);
    /// For a reader that has to write first, while the writer waits for the same room: until there
    /// is some. It takes the reader's place.
    ReadWait wait_output_as_reader(TimePoint deadline);

    void cancel() override;
    /// Waits are possible again after a cancel.
    void allow_waits() { cancelled_ = false; }
    bool waiting() const override { return read_waiter_ || write_waiter_; }

    /// While this one is hung up, or was before, waits for `other` are cancelled: an exchange whose
    /// client has gone. nullptr ends it.
    void cancel_on_hang_up(Descriptor* other) {
        cancel_on_hang_up_ = other;
        if (other != nullptr && hung_up_) other->cancel();
    }

    /// Nobody waits here for a while: events, and the deadline, go to `watcher`.
    void watch_idle(IdleWatcher* watcher, TimePoint deadline);
    void unwatch() { watcher_ = nullptr; }

    void on_events(std::uint32_t events) override;

private:
    void expired() override;
    void arm(TimePoint deadline);
    Wait outcome(bool ready) const;
    void resume_reader(Wait result);
    void resume_writer(Wait result);

    std::coroutine_handle<> read_waiter_;
    std::coroutine_handle<> write_waiter_;
    TimePoint read_deadline_ = kNever;
    TimePoint write_deadline_ = kNever;
    IdleWatcher* watcher_ = nullptr;
    Descriptor* cancel_on_hang_up_ = nullptr;
    bool* alive_ = nullptr;  // set false when this goes while on_events works on it
    int fd_;
    bool readable_ = false;
    bool writable_ = false;
    bool peer_closed_ = false;
    bool hung_up_ = false;
    bool cancelled_ = false;
    bool writer_wants_input_ = false;
    bool reader_wants_output_ = false;
    Wait read_result_ = Wait::ready;
    Wait write_result_ = Wait::ready;
};

class [[nodiscard]] Descriptor::ReadWait {
public:
    ReadWait(Descriptor& descriptor, TimePoint deadline, bool for_output)
        : descriptor_{descriptor}, deadline_{deadline}, for_output_{for_output} {}
    bool await_ready() {
        const bool ready = for_output_ ? descriptor_.writable_ : descriptor_.readable_;
        descriptor_.read_result_ = descriptor_.outcome(ready);
        return descriptor_.read_result_ == Wait::cancelled || ready;
    }
    void await_suspend(std::coroutine_handle<> waiter) {
        assert(!descriptor_.read_waiter_);
        descriptor_.reader_wants_output_ = for_output_;
        descriptor_.read_waiter_ = waiter;
        descriptor_.first_touched_ = waiter.address();
        descriptor_.read_deadline_ = deadline_;
        descriptor_.arm(deadline_);
    }
    Wait await_resume() const { return descriptor_.read_result_; }

private:
    Descriptor& descriptor_;
    TimePoint deadline_;
    bool for_output_;
};

class [[nodiscard]] Descriptor::WriteWait {
public:
    WriteWait(Descriptor& descriptor, TimePoint deadline, bool for_input)
        : descriptor_{descriptor}, deadline_{deadline}, for_input_{for_input} {}
    bool await_ready() {
        const bool ready = for_input_ ? descriptor_.readable_ : descriptor_.writable_;
        descriptor_.write_result_ = descriptor_.outcome(ready);
        return descriptor_.write_result_ == Wait::cancelled || ready;
    }
    void await_suspend(std::coroutine_handle<> waiter) {
        assert(!descriptor_.write_waiter_);
        descriptor_.writer_wants_input_ = for_input_;
        descriptor_.write_waiter_ = waiter;
        descriptor_.write_deadline_ = deadline_;
        descriptor_.arm(deadline_);
    }
    Wait await_resume() const { return descriptor_.write_result_; }

private:
    Descriptor& descriptor_;
    TimePoint deadline_;
    bool for_input_;
};

inline Descriptor::ReadWait Descriptor::wait_readable(TimePoint deadline) {
    return ReadWait{*this, deadline, false};
}
inline Descriptor::ReadWait Descriptor::wait_output_as_reader(TimePoint deadline) {
    return ReadWait{*this, deadline, true};
}
inline Descriptor::WriteWait Descriptor::wait_writable(TimePoint deadline) {
    return WriteWait{*this, deadline, false};
}
inline Descriptor::WriteWait Descriptor::wait_input_as_writer(TimePoint deadline) {
    return WriteWait{*this, deadline, true};
}
inline Wait Descriptor::outcome(bool ready) const {
    if (cancelled_ || loop().cancelled()) return Wait::cancelled;
    return ready ? Wait::ready : Wait::timed_out;
}
inline void Descriptor::arm(TimePoint deadline) {
    if (deadline != kNever && (!queued() || when() > deadline))
        loop().timers().set(*this, deadline);
}

}  // namespace countersign::proxy
