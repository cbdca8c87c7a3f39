#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstddef>
#include <functional>

#include "proxy/admin/calls.hpp"

namespace countersign::proxy::admin {

/// What the connections of operators share, on the admin thread.
struct AdminDesk {
    Calls* calls = nullptr;
    std::size_t open = 0;       ///< connections
    std::size_t answering = 0;  ///< of those
    bool closing = false;       ///< each ends with the answer that it waits for
    std::function<void()> when_quiet =
        {};  ///< called where it closes, and nobody is being answered
};

/// Serves one connection, request by request, until one side ends it. Each wait has its limit.
boost::asio::awaitable<void> serve_operator(
    AdminDesk& desk, boost::asio::generic::stream_protocol::socket socket, Caller caller
);

}  // namespace countersign::proxy::admin
