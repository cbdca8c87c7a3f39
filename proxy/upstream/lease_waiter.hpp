#pragma once

#include <memory>
#include <optional>

#include "proxy/failure.hpp"
#include "proxy/net/notice.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/lease_queue.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {

/// An exchange that waits for a connection of an origin, in the origin's queue while it does. Who
/// takes it out of the queue gives it a connection or a failure.
struct LeaseWaiter final : QueuedExchange {
    LeaseWaiter(net::EventLoop& loop, Wish what, ClientShare whose)
        : QueuedExchange{what, whose}, notice{loop} {}

    net::Notice notice;
    std::unique_ptr<UpstreamConnection> connection;
    bool fresh = false;    ///< the connection has come straight from its handshake
    ConnectReport report;  ///< of that
    std::optional<Failure> failure;
};

/// Whose turn it is, out of an origin's queue: see `LeaseQueue::take`.
inline LeaseWaiter* take_waiter(LeaseQueue& queue, bool fresh) {
    return static_cast<LeaseWaiter*>(queue.take(fresh));
}

}  // namespace countersign::proxy::upstream
