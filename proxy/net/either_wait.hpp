#pragma once

#include "proxy/net/descriptor.hpp"

namespace countersign::proxy::net {

/// What of a descriptor a task waits for.
struct Interest {
    bool input = false;
    bool output = false;
    bool hang_up = false;
};

/// `EitherWait wait{…}; co_await wait;` gives a Wait: one task waits until one of two descriptors
/// has what is wanted of it, or until the deadline. The task is reader and writer of both
/// meanwhile.
class [[nodiscard]] EitherWait {
public:
    EitherWait(
        Descriptor& first, Interest of_first, Descriptor& second, Interest of_second,
        TimePoint deadline
    )
        : first_{first, of_first}, second_{second, of_second}, deadline_{deadline} {}

    bool await_ready() {
        if (first_.cancelled() || second_.cancelled()) {
            result_ = Wait::cancelled;
            return true;
        }
        return first_.ready() || second_.ready();
    }
    void await_suspend(std::coroutine_handle<> waiter) {
        suspended_ = true;
        first_.wait(waiter, deadline_);
        second_.wait(waiter, deadline_);
    }
    Wait await_resume() {
        if (!suspended_) return result_;
        // Only one of them was the reason, but each is asked: neither may know the task any more.
        const bool by_first = first_.leave(result_);
        const bool by_second = second_.leave(result_);
        assert(by_first != by_second);
        static_cast<void>(by_first && by_second);
        return result_;
    }

    /// Afterwards: whether it was a wait at all, in which others had their turn.
    bool suspended() const { return suspended_; }

private:
    class Side {
    public:
        Side(Descriptor& descriptor, Interest interest)
            : descriptor_{descriptor}, interest_{interest} {}

        bool cancelled() const { return descriptor_.is_cancelled(); }
        bool ready() const {
            return (interest_.input && descriptor_.readable_) ||
                   (interest_.output && descriptor_.writable_) ||
                   (interest_.hang_up && descriptor_.hung_up_);
        }
        void wait(std::coroutine_handle<> waiter, TimePoint deadline) {
            assert(!descriptor_.read_waiter_ && !descriptor_.write_waiter_);
            descriptor_.first_touched_ = waiter.address();
            if (interest_.input) {
                descriptor_.read_waiter_ = waiter;
                descriptor_.read_deadline_ = deadline;
            }
            // A hang-up makes a socket writable, too.
            if (interest_.output || interest_.hang_up) {
                descriptor_.writer_wants_hang_up_ = !interest_.output;
                descriptor_.write_waiter_ = waiter;
                descriptor_.write_deadline_ = interest_.output ? deadline : kNever;
            }
            if (interest_.input || interest_.output) descriptor_.arm(deadline);
        }
        /// True, with the wait's result, where this descriptor has ended it.
        bool leave(Wait& result) {
            bool ended_it = false;
            if (interest_.input && !descriptor_.read_waiter_) {
                result = descriptor_.read_result_;
                ended_it = true;
            } else if ((interest_.output || interest_.hang_up) && !descriptor_.write_waiter_) {
                result = descriptor_.write_result_;
                ended_it = true;
            }
            descriptor_.read_waiter_ = {};
            descriptor_.write_waiter_ = {};
            return ended_it;
        }

    private:
        Descriptor& descriptor_;
        Interest interest_;
    };

    Side first_;
    Side second_;
    TimePoint deadline_;
    bool suspended_ = false;
    Wait result_ = Wait::ready;
};

}  // namespace countersign::proxy::net
