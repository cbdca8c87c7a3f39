#pragma once

#include <cstddef>
#include <vector>

#include "certs/openssl_handle.hpp"

namespace countersign::proxy {

/// The TLS sessions of one destination under one TlsContext. A TLS 1.3 ticket is used once (RFC
/// 8446 C.4), the newest first, and as many are kept as connections may be opened side by side,
/// which give new ones at about the same time; a TLS 1.2 session is used until a newer one comes.
class TlsSessionCache {
public:
    void store(certs::SslSessionHandle session);
    /// A session to resume with, or null. A TLS 1.3 one leaves the cache; expired ones are dropped.
    certs::SslSessionHandle take();
    bool empty() const { return sessions_.empty(); }

    static constexpr std::size_t kKept = 32;

private:
    std::vector<certs::SslSessionHandle> sessions_;  // a stack: the last is the newest
};

}  // namespace countersign::proxy
