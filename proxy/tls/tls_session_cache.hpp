#pragma once

#include <array>
#include <cstddef>

#include "certs/openssl_handle.hpp"

namespace countersign::proxy {

/// The TLS sessions of one destination under one TlsContext. A TLS 1.3 ticket is used once (RFC
/// 8446 C.4) and a few are kept, the newest first; a TLS 1.2 session is used until a newer one
/// comes.
class TlsSessionCache {
public:
    void store(certs::SslSessionHandle session);
    /// A session to resume with, or null. A TLS 1.3 one leaves the cache; expired ones are dropped.
    certs::SslSessionHandle take();
    bool empty() const { return count_ == 0; }

private:
    static constexpr std::size_t kKept = 8;
    std::array<certs::SslSessionHandle, kKept> sessions_;  // a stack: the last is the newest
    std::size_t count_ = 0;
};

}  // namespace countersign::proxy
