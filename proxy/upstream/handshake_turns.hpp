#pragma once

#include "proxy/net/event_loop.hpp"

namespace countersign::proxy::upstream {

/// A step of a handshake costs as much as ten exchanges, and the connections that a burst opens
/// have theirs at about the same time. Of the steps that could be taken in one round of the loop a
/// few are; exchanges have their turn before the next ones.
class HandshakeTurns {
public:
    static constexpr unsigned kInARound = 4;

    explicit HandshakeTurns(const net::EventLoop& loop) : loop_{loop} {}

    /// Whether one more may be taken in this round, which counts it. False: not before the next.
    bool take() {
        if (round_ != loop_.now()) {
            round_ = loop_.now();
            taken_ = 0;
        }
        return taken_++ < kInARound;
    }

private:
    const net::EventLoop& loop_;
    net::TimePoint round_{};
    unsigned taken_ = 0;
};

}  // namespace countersign::proxy::upstream
