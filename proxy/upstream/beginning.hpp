#pragma once

#include "proxy/tls/handshake_watch.hpp"
#include "proxy/upstream/handshake_report.hpp"

namespace countersign::proxy::upstream {

/// What is noted while a connection comes about, for the HandshakeReport that is made where it
/// fails, or its first exchange does.
struct Beginning {
    ReachSteps reached;
    ConnectReport times;
    bool complete = false;  ///< the handshake, on this side
    tls::HandshakeWatch watch;
};

}  // namespace countersign::proxy::upstream
