#pragma once

#include <string>

#include "proxy/failure.hpp"
#include "proxy/tls/handshake_facts.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

// The words for ends of a handshake that the server has not explained, and for what of its part is
// not accepted. Each says how far the handshake had come: what follows from that, and no more.

Failure report_closed(const TlsFailure& failure, const HandshakeFacts& facts);
Failure report_reset(
    const ConnectionReset& reset, const TlsFailure& failure, const HandshakeFacts& facts
);
Failure report_protocol(
    const ProtocolError& error, const TlsFailure& failure, const HandshakeFacts& facts
);
/// Nothing more came within `limit`, "10s (timeouts.handshake)".
Failure report_silence(
    const std::string& limit, const TlsFailure& failure, const HandshakeFacts& facts
);

}  // namespace countersign::proxy::tls
