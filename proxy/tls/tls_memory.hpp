#pragma once

#include "proxy/tls/tls_session_cache.hpp"
#include "proxy/tls/verified_chains.hpp"

namespace countersign::proxy::tls {

/// What the connections of one PoolKey leave behind to make the next handshake cheaper. Never used
/// for another key.
struct TlsMemory {
    TlsSessionCache sessions;
    VerifiedChains chains;
};

}  // namespace countersign::proxy::tls
