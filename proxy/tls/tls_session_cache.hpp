#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "proxy/tls/certificate_request.hpp"

namespace countersign::proxy::tls {

/// A session, how long the chain vouches for it that the server showed in the handshake from which
/// it descends, and whether it asked for a certificate there: a server that resumes does neither.
struct TlsSession {
    certs::SslSessionHandle handle;
    std::chrono::system_clock::time_point vouched_until{};
    CertificateAsked asked = {};
};

/// How long sessions descend from a handshake in which the server has shown a chain that is valid
/// until `valid_until`: no longer than that, and for a day at most. Each resumption brings new
/// tickets, and a server that has lost its key, or was given up, could live on them.
std::chrono::system_clock::time_point end_of_vouching(
    std::chrono::system_clock::time_point handshake,
    std::chrono::system_clock::time_point valid_until
);

/// The TLS sessions of one destination under one TlsContext. A TLS 1.3 ticket is used once (RFC
/// 8446 C.4), the newest first, and as many are kept as connections may be opened side by side,
/// which give new ones at about the same time; a TLS 1.2 session is used until a newer one comes.
class TlsSessionCache {
public:
    using Time = std::chrono::system_clock::time_point;

    void store(TlsSession session);
    /// A session to resume with, or none. A TLS 1.3 one leaves the cache; what has expired, or is
    /// not vouched for any more, is dropped.
    TlsSession take(Time now);
    bool empty() const { return sessions_.empty(); }
    std::size_t size() const { return sessions_.size(); }
    void clear() { sessions_.clear(); }
    /// Those that there are go; until then none is given, and none that was made before then kept.
    void suspend(Time until);

    static constexpr std::size_t kKept = 32;
    /// A larger ticket is not kept: a server chooses its size, up to 64 KiB.
    static constexpr std::size_t kLargestTicket = 16 * 1024;

private:
    std::vector<TlsSession> sessions_;  // a stack: the last is the newest
    Time suspended_until_{};
};

}  // namespace countersign::proxy::tls
