#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>

#include "proxy/admin/calls.hpp"
#include "proxy/admin/refused_handshakes.hpp"

namespace countersign::proxy::admin {

/// One connection of an operator, in the desk's list while it lives.
struct OperatorConnection {
    std::function<void()> close;                  ///< ends the wait for a question
    profiles::IpAddress from;                     ///< of a unix socket that of none
    std::chrono::steady_clock::time_point since;  ///< it waits, or is being answered
    bool answering = false;
    bool watching = false;  ///< it is sent events, and stays
    bool last = false;      ///< it ends with the answer
};

/// What the connections of operators share, on the admin thread.
struct AdminDesk {
    Calls* calls = nullptr;
    std::list<OperatorConnection*> connections;
    std::size_t answering = 0;  ///< of those
    bool closing = false;       ///< each ends with the answer that it waits for
    RefusedHandshakes refused;
    std::function<void()> when_quiet =
        {};  ///< called where it closes, and nobody is being answered
};

/// Ends those that wait for a question; the others end with their answers.
void end_connections(AdminDesk& desk);
/// Ends one that waits for a question: of the address that has most of them, the one that has
/// waited longest. False where none waits.
bool end_idlest(AdminDesk& desk);

/// Serves one connection, request by request, until one side ends it. Each wait has its limit.
/// `caller.tls`: how it is encrypted; who asks without it is told.
boost::asio::awaitable<void> serve_operator(
    AdminDesk& desk, boost::asio::generic::stream_protocol::socket socket, Caller caller
);

}  // namespace countersign::proxy::admin
