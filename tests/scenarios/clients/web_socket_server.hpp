#pragma once

#include "tests/support/scripted_server.hpp"

namespace countersign::tests {

/// A WebSocket server (RFC 6455) for one connection: takes the handshake, and says back each short
/// text that comes, as "CLIENT SUBJECT said TEXT", until the client closes. What is no WebSocket
/// gets a 400.
void serve_web_socket(Peer& peer);

}  // namespace countersign::tests
