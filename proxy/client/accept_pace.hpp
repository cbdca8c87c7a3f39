#pragma once

#include <algorithm>

namespace countersign::proxy::client {

/// How many connections a listener accepts where it hears of some: as many as came before, so that
/// no call finds nobody. Now and then all who wait are taken, for they may have become more.
class AcceptPace {
public:
    /// At a time: whoever connects without end does not keep the worker from what it has already.
    static constexpr unsigned kMost = 64;
    static constexpr unsigned kLookEvery = 16;

    /// At most so many now.
    unsigned next() {
        looks_ = ++turns_ % kLookEvery == 0;
        return looks_ ? kMost : expected_;
    }
    /// So many were there; `no_more`: a call has found nobody.
    void note(unsigned accepted, bool no_more) {
        if (looks_ || no_more) expected_ = std::max(accepted, 1U);
    }

private:
    unsigned expected_ = 1;
    unsigned turns_ = 0;
    bool looks_ = false;
};

}  // namespace countersign::proxy::client
