#pragma once

#include "proxy/net/event_loop.hpp"
#include "proxy/net/io_status.hpp"

namespace countersign::proxy::upstream {

/// A step of a handshake costs as much as ten exchanges, and the connections that a burst opens
/// have theirs at about the same time. Of the steps that could be taken in one round of the loop a
/// few are; exchanges have their turn before the next ones.
class HandshakeTurns {
public:
    static constexpr unsigned kInARound = 4;

    explicit HandshakeTurns(const net::EventLoop& loop) : loop_{loop} {}

    /// Whether one more may be taken in this round, which counts it. False: not before the next,
    /// and then as one that has `waited`; those go first, in their order.
    bool take(bool waited) {
        if (round_ != loop_.now()) {
            round_ = loop_.now();
            taken_ = 0;
        }
        const bool granted = taken_ < kInARound && (waited || waiting_ == 0);
        if (granted) {
            ++taken_;
            if (waited) --waiting_;
        } else if (!waited) {
            ++waiting_;
        }
        return granted;
    }
    /// Who has waited takes none any more.
    net::IoStatus leave(net::IoStatus why) {
        --waiting_;
        return why;
    }

private:
    const net::EventLoop& loop_;
    net::TimePoint round_{};
    unsigned taken_ = 0;
    unsigned waiting_ = 0;
};

}  // namespace countersign::proxy::upstream
