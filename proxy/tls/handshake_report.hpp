#pragma once

#include "proxy/failure.hpp"
#include "proxy/tls/handshake_facts.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// A TLS failure in words: who refused whom, why, and what to do about it. No I/O.
Failure report_handshake(const TlsFailure& failure, const HandshakeFacts& facts);

}  // namespace countersign::proxy::tls
