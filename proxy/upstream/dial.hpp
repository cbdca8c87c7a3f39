#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/descriptor_budget.hpp"
#include "proxy/net/task.hpp"

namespace countersign::proxy::upstream {

/// A TCP connection that was made, or why not.
struct DialResult {
    std::unique_ptr<net::Descriptor> socket;
    int error = 0;  ///< errno of the attempt that ended last; ETIMEDOUT where the deadline passed,
                    ///< ECANCELED after a cancel, EMFILE where the budget has nothing for it
    /// Of the attempt that connected, else of the one that ended last.
    std::optional<profiles::IpAddress> address = {};
};

/// How one address was tried.
struct DialAttempt {
    profiles::IpAddress address;
    int error = 0;  ///< errno; 0: connected; ECANCELED: another one was first, or a stop
    std::chrono::microseconds took{0};
};

/// RFC 8305 4: IPv6 first, then the families in turn, each in the order that it came in.
std::vector<profiles::IpAddress> in_dialling_order(std::vector<profiles::IpAddress> addresses);

/// How long an attempt is alone before the next address is tried beside it (RFC 8305 5).
constexpr auto kAttemptDelay = std::chrono::milliseconds{250};

/// Where to, and for how long.
struct DialTarget {
    std::vector<profiles::IpAddress>
        addresses;  ///< in the order in which they are tried; not empty
    std::uint16_t port = 0;
    net::TimePoint deadline = net::kNever;
    net::DescriptorBudget budget = {};
    /// Is told of each address that was tried, in the order in which they ended; null: nobody is.
    /// Outlives the dialling.
    const std::function<void(const DialAttempt&)>* tell = nullptr;
};

/// Connects to the first of the addresses that answers, with TCP_NODELAY. They are tried in order:
/// the next one when an attempt has failed or is 250 ms old, beside those that still wait.
net::Task<DialResult> dial(net::EventLoop& loop, DialTarget target);

}  // namespace countersign::proxy::upstream
