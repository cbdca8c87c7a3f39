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
struct LeaseWaiter {
    LeaseWaiter(net::EventLoop& loop, Wish what, ClientShare whose)
        : notice{loop}, wish{what}, client{whose} {}

    net::Notice notice;
    const Wish wish;
    const ClientShare client;
    std::unique_ptr<UpstreamConnection> connection;
    bool fresh = false;    ///< the connection has come straight from its handshake
    ConnectReport report;  ///< of that
    std::optional<Failure> failure;

    // The queue's: its neighbours of the same client.
    bool queued = false;
    LeaseWaiter* next = nullptr;
    LeaseWaiter* previous = nullptr;
};

}  // namespace countersign::proxy::upstream
