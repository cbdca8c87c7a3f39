#pragma once

#include <memory>

#include "proxy/tls/certificate_request.hpp"
#include "proxy/tls/tls_session_cache.hpp"
#include "proxy/tls/verified_chains.hpp"

namespace countersign::proxy::tls {

/// What the connections of one PoolKey leave behind to make the next handshake cheaper. Never used
/// for another key.
struct TlsMemory {
    TlsSessionCache sessions;
    VerifiedChains chains;
    /// The last one that a server there has made.
    std::shared_ptr<const CertificateRequest> request;
    /// Whether it was told that servers there fail handshakes that offer a session.
    bool told_of_sessions = false;
};

}  // namespace countersign::proxy::tls
