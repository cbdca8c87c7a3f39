#pragma once

#include "proxy/failure.hpp"
#include "proxy/tls/handshake_facts.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// The part of `report_handshake` that is about the server's certificate: which one was not
/// accepted, why, and whose side it is.
Failure report_certificate(const CertificateRefused& refused, const HandshakeFacts& facts);

}  // namespace countersign::proxy::tls
