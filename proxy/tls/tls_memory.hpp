#pragma once

#include <memory>
#include <vector>

#include "proxy/tls/certificate_request.hpp"
#include "proxy/tls/hello_memory.hpp"
#include "proxy/tls/revocation.hpp"
#include "proxy/tls/tls_session_cache.hpp"
#include "proxy/tls/verified_chains.hpp"

namespace countersign::proxy::tls {

/// What the connections of one PoolKey leave behind to make the next handshake cheaper. Never used
/// for another key.
struct TlsMemory {
    TlsSessionCache sessions;
    VerifiedChains chains;
    ProvenLists lists;
    /// Certificates that were found to be revoked while connections or sessions were there of
    /// chains that have them: those are not used again. The last few.
    std::vector<RevocationKey> revoked;
    HelloMemory hello;
    /// The last one that a server there has made.
    std::shared_ptr<const CertificateRequest> request;
    /// Since the last resumption: whether a handshake that offered a session failed without an
    /// alert, and one without succeeded; and whether sessions were blamed for such, and that told.
    bool session_suspected = false;
    bool told_of_sessions = false;
};

}  // namespace countersign::proxy::tls
