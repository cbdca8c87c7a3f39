#pragma once

#include "proxy/failure.hpp"
#include "proxy/tls/handshake_facts.hpp"
#include "proxy/tls/tls_failure.hpp"

namespace countersign::proxy::tls {

/// The part of `report_certificate` that is about revocation: that a certificate is revoked, or
/// that it is not known and the profile accepts none of which it is not.
Failure report_revocation(const CertificateRefused& refused, const HandshakeFacts& facts);

}  // namespace countersign::proxy::tls
