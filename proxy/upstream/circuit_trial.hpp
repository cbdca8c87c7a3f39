#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "proxy/net/event_loop.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/circuits.hpp"
#include "proxy/upstream/dial.hpp"

namespace countersign::proxy::upstream {

/// What one dialling has to do with the circuits of its addresses. What it does not settle is given
/// up when it goes, so that another one may try. All of them outlive it.
class CircuitTrial {
public:
    CircuitTrial(Circuits& circuits, const addresses::Goal& goal, net::EventLoop& loop)
        : circuits_{circuits}, goal_{goal}, port_{goal.dial_port()}, loop_{loop} {}
    ~CircuitTrial();
    CircuitTrial(const CircuitTrial&) = delete;
    CircuitTrial& operator=(const CircuitTrial&) = delete;

    struct Unavailable {
        int error = 0;                       ///< of the last attempt, an errno
        std::chrono::milliseconds pause{0};  ///< until one of them may be dialled
    };
    /// Takes those out of `addresses`, not empty, that are not to be dialled now. Where that would
    /// be all, none is, and it says why.
    std::optional<Unavailable> leave_out(std::vector<profiles::IpAddress>& addresses);
    /// What came of an attempt.
    void settle(const DialAttempt& attempt);

private:
    struct Unsettled {
        profiles::IpAddress address;
        Circuits::Trial trial = Circuits::kNoTrial;
    };

    bool failed(const Endpoint& endpoint, Circuits::Trial trial, int error);

    Circuits& circuits_;
    const addresses::Goal& goal_;
    const std::uint16_t port_;
    net::EventLoop& loop_;
    std::vector<Unsettled> unsettled_;
};

}  // namespace countersign::proxy::upstream
