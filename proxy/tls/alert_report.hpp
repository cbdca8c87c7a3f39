#pragma once

#include <string>

#include "proxy/failure.hpp"
#include "proxy/tls/handshake_facts.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// "TLS alert 80, internal error"
std::string alert_text(const AlertReceived& alert);

/// The part of `report_handshake` that is about an alert by which the server has ended the
/// handshake, or the connection, and not refused the client certificate: what it means here.
Failure report_ended(
    const AlertReceived& alert, const TlsFailure& failure, const HandshakeFacts& facts
);

}  // namespace countersign::proxy::tls
