#pragma once

#include <chrono>
#include <string>

#include "proxy/tls/handshake_transcript.hpp"

namespace countersign::proxy::tls {

/// What became of a certificate that the server showed: "accepted", "not needed", "expired", "not
/// valid yet", "not accepted"; empty where it was not judged.
std::string certificate_verdict(
    const HandshakeTranscript& transcript, const X509* certificate,
    std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::tls
