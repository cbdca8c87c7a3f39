#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "proxy/tls/certificate_request.hpp"
#include "proxy/tls/revocation_question.hpp"

namespace countersign::proxy::tls {

/// A session, how long the chain vouches for it that the server showed in the handshake from which
/// it descends, and whether it asked for a certificate there: a server that resumes does neither.
struct TlsSession {
    certs::SslSessionHandle handle;
    std::chrono::system_clock::time_point vouched_until{};
    CertificateAsked asked = {};
    /// No newer TLS version than its own is to be offered with it, or was in its handshake.
    bool version_alone = false;
    /// What was to be asked elsewhere about that chain's revocation.
    RevocationQuestions questions = nullptr;
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
///
/// A server that resumes a TLS 1.2 session has no use for the key share of TLS 1.3, which is half
/// of what the handshake costs here. So TLS 1.2 is offered alone with it, but for one handshake in
/// ten minutes, and the next one after a server has declined the session: a server that has learnt
/// TLS 1.3 is asked for it then.
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
    /// Those of a chain with that certificate go.
    void forget(const RevocationKey& revoked) {
        std::erase_if(sessions_, [&](const TlsSession& one) {
            return has_question(one.questions, revoked);
        });
    }
    /// With the next session, whichever it is.
    void offer_all_versions() { all_versions_at_ = {}; }

    static constexpr std::size_t kKept = 32;
    /// A larger ticket is not kept: a server chooses its size, up to 64 KiB.
    static constexpr std::size_t kLargestTicket = 16 * 1024;
    static constexpr std::chrono::minutes kAllVersionsEach{10};

private:
    bool may_offer_version_alone(Time now);

    std::vector<TlsSession> sessions_;  // a stack: the last is the newest
    Time suspended_until_{};
    Time all_versions_at_{};  // a handshake offers them then
};

}  // namespace countersign::proxy::tls
