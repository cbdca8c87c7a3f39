#pragma once

#include <string>
#include <string_view>

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
Failure report_protocol(const ProtocolError& error, const HandshakeFacts& facts);
/// Nothing more came within `limit`, "10s (timeouts.handshake)".
Failure report_silence(
    const std::string& limit, const TlsFailure& failure, const HandshakeFacts& facts
);

// Parts of sentences, each with a space before it or empty.

/// " It says that it accepts certificates of: …"
std::string accepted_issuers(const TlsFailure& failure);
/// Whether the server named authorities, all of them known here, and none is above the identity.
bool accepts_other_issuers(const TlsFailure& failure, const HandshakeFacts& facts);
/// " This one's authorities are none of them: …", where that is so.
std::string other_issuers(const TlsFailure& failure, const HandshakeFacts& facts);
/// What TLS version the server does not speak, and what to do about it.
std::string versions_offered(const HandshakeFacts& facts);
std::string version_remedy(const HandshakeFacts& facts);
inline constexpr std::string_view kNoVersion = "no TLS version in common with {}";

}  // namespace countersign::proxy::tls
