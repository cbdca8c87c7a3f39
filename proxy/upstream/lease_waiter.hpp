#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "proxy/failure.hpp"
#include "proxy/net/notice.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {

/// Which connection an exchange takes.
enum class Wish : std::uint8_t {
    any,    ///< what comes first: one that becomes free, or a new one
    fresh,  ///< one that nobody has used: the request has just failed on one that had rested
};

/// An exchange that waits for a connection of an origin, in the origin's list while it does. Who
/// takes it out of the list gives it a connection or a failure.
struct LeaseWaiter {
    LeaseWaiter(net::EventLoop& loop, Wish what) : notice{loop}, wish{what} {}

    net::Notice notice;
    const Wish wish;
    std::unique_ptr<UpstreamConnection> connection;
    bool fresh = false;    ///< the connection has come straight from its handshake
    ConnectReport report;  ///< of that
    std::optional<Failure> failure;
};

}  // namespace countersign::proxy::upstream
