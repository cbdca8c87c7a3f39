#pragma once

#include "proxy/net/event_loop.hpp"
#include "proxy/net/io_status.hpp"

namespace countersign::proxy::upstream {

/// A step of a handshake costs as much as ten exchanges, and the connections that a burst opens
/// have theirs at about the same time. Of the steps that could be taken in one round of the loop a
/// few are; exchanges have their turn before the next ones. A handshake that is under way goes
/// before one that is still to begin: of many that are made together the first are then of use
/// early, and not all of them late.
class HandshakeTurns {
public:
    static constexpr unsigned kInARound = 4;

    /// One step that somebody wants to take.
    struct Step {
        bool first = false;   ///< of its handshake
        bool waited = false;  ///< it was refused before
    };

    explicit HandshakeTurns(const net::EventLoop& loop) : loop_{loop} {}

    /// Whether one more may be taken in this round, which counts it. False: not before the next,
    /// and then as one that has `waited`; of its kind those go first, in their order.
    bool take(Step step) {
        if (round_ != loop_.now()) {
            round_ = loop_.now();
            taken_ = 0;
        }
        const bool gives_way = step.first && waiting(Step{}) > 0;
        const bool granted =
            taken_ < kInARound && !gives_way && (step.waited || waiting(step) == 0);
        if (granted) ++taken_;
        if (granted && step.waited) --waiting(step);
        if (!granted && !step.waited) ++waiting(step);
        return granted;
    }
    /// Who has waited for that step takes none any more.
    net::IoStatus leave(Step step, net::IoStatus why) {
        --waiting(step);
        return why;
    }

private:
    unsigned& waiting(Step step) { return step.first ? waiting_to_begin_ : waiting_to_go_on_; }

    const net::EventLoop& loop_;
    net::TimePoint round_{};
    unsigned taken_ = 0;
    unsigned waiting_to_begin_ = 0;
    unsigned waiting_to_go_on_ = 0;
};

}  // namespace countersign::proxy::upstream
