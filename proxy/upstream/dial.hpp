#pragma once

#include <cstdint>
#include <memory>

#include "profiles/network.hpp"
#include "proxy/event/descriptor.hpp"
#include "proxy/event/task.hpp"

namespace countersign::proxy {

/// A TCP connection that was made, or why not.
struct DialResult {
    std::unique_ptr<Descriptor> socket;
    int error = 0;  ///< errno; ETIMEDOUT where the deadline passed, ECANCELED after a cancel
};

/// Connects one socket, with TCP_NODELAY.
Task<DialResult> dial(
    Reactor& reactor, profiles::IpAddress address, std::uint16_t port, TimePoint deadline
);

}  // namespace countersign::proxy
