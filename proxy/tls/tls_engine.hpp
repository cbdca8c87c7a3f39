#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "certs/openssl_handle.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/tls/record_bio.hpp"
#include "proxy/tls/tls_failure.hpp"
#include "proxy/tls/tls_memory.hpp"
#include "proxy/tls/verification.hpp"

namespace countersign::proxy::tls {

class HandshakeWatch;
class TlsContext;

/// What the first message has that makes things better, and that a server may stumble over.
struct HelloTerms {
    bool session = true;  ///< one to resume, where there is one
    bool large = true;    ///< all groups of the context, where the destination may take them
};

/// One TLS connection as a client, whatever carries its records. Steps that never wait: where one
/// says would_block_*, wait for the channel and take it again. After `failed` and `refused`,
/// `take_failure` says why. Not movable (OpenSSL knows its address); its channel, context and
/// memory outlive it.
class TlsEngine {
public:
    /// `server_name` is both announced (SNI, not for an IP literal) and verified, unless the
    /// context's rules have other names to verify. New sessions and verified chains go into
    /// `memory`, and help where they fit; null, or no session offered: the handshake is a full one.
    TlsEngine(
        const TlsContext& context, RecordChannel& channel, const std::string& server_name,
        TlsMemory* memory, HelloTerms hello = {}
    );
    ~TlsEngine();
    TlsEngine(const TlsEngine&) = delete;
    TlsEngine& operator=(const TlsEngine&) = delete;

    /// Before the first step: `watch`, which outlives this or `stop_telling`, writes down what is
    /// said.
    void tell(HandshakeWatch& watch);
    void stop_telling();

    /// Before the first step: what neither lists nor the server's OCSP answer say about revocation
    /// is asked elsewhere by the caller, who settles it before the connection is used. Else it is
    /// refused where the profile is `hard`.
    void leave_questions() { verification_.leave_questions(); }
    /// After the handshake: what is to be asked about the chain that the server has shown, in it or
    /// in the one whose session was resumed; null: nothing.
    const RevocationQuestions& questions() const { return verification_.questions(); }
    /// What was found out about them: ok, or failed.
    net::IoStatus settle(const RevocationFinding& finding);

    /// One step of the handshake: ok when it is finished and the server is verified. What it has to
    /// say last leaves with the first write, or before the first read.
    net::IoStatus handshake();
    /// ok where nothing waits to leave.
    net::IoStatus flush();
    /// closed: with close_notify; truncated: without. would_block_read also where a server says
    /// much that is no text: then more may be there, and others have their turn first. What is to
    /// leave still leaves meanwhile, as far as there is room: see `owes_output`.
    net::IoResult try_read(char* into, std::size_t room);
    /// ok with 0 < bytes ≤ size: of these a record's worth may still be on its way out.
    /// would_block_read: a handshake that the server has asked for comes first.
    net::IoResult try_write(std::string_view bytes);

    /// Sends close_notify: nothing may be written after it, and what the server sends still comes.
    void end_sending();

    /// The server has said in HTTP that it ends the connection, and its answer is complete: no
    /// close_notify is sent, since nobody reads it.
    void end_without_goodbye() { goodbye_ = false; }

    /// For one that will rest: buffers that hold nothing are given back. False, and nothing is
    /// done, in the middle of a record.
    bool release_buffers();

    /// Whether bytes have been received that no read has returned yet.
    bool has_pending() const;
    /// Whether something is still to leave: the end of a handshake, or of what was written.
    bool owes_output() const { return records_.owes_output(); }
    /// Whether there was no room for it.
    bool is_blocked() const { return records_.is_blocked(); }
    /// Whether a handshake is under way that the server has asked for after the first.
    bool shakes_hands_again() const;

    bool resumed() const;
    /// After a handshake that failed: whether it offered a session, and nothing that came shows
    /// that the server did without. Then one without may succeed.
    bool failed_on_session() const {
        return offered_session_ && !connected_ && !verification_.chain_shown();
    }
    bool has_large_hello() const { return large_hello_; }
    /// Whether the server's hello has come.
    bool server_has_answered() const;
    /// The same of a first message that was large: one that is small may be answered.
    bool failed_on_large_hello() const {
        return large_hello_ && !connected_ && !server_has_answered();
    }
    /// Whether no newer TLS version was offered than that of the session.
    bool offered_version_alone() const { return verification_.offered_version_alone(); }
    const char* version() const;  ///< "TLSv1.3"
    /// After the handshake: how long the chain that the server has shown, in this handshake or in
    /// the one whose session was resumed, vouches for what is left behind.
    std::chrono::system_clock::time_point vouched_until() const {
        return verification_.vouched_until();
    }
    /// What the server said when it asked for a certificate, in this handshake or in that of the
    /// session that was resumed; null: it did not. As long as this lives.
    const CertificateRequest* certificate_request() const { return verification_.request(*ssl_); }
    /// Whether it got the context's identity then.
    bool identity_sent() const { return verification_.identity_sent(*ssl_); }

    /// Whether the server has asked for another handshake, and was refused (`renegotiation`).
    bool refused_renegotiation() const { return verification_.refused_renegotiation(); }
    /// What was asked before this is not an exchange's that begins now.
    void forget_renegotiation() { verification_.forget_renegotiation(); }

    /// Why the last step failed.
    TlsFailure take_failure();

private:
    net::IoStatus explain(int result);
    void note_reset(int system_error);
    void note_openssl_error();

    RecordChannel& channel_;
    Verification verification_;
    RecordBio records_;
    certs::SslHandle ssl_;
    bool offered_session_ = false;
    bool large_hello_ = false;
    bool connected_ = false;
    bool broken_ = false;
    /// What OpenSSL ended with, in whichever step: it has no more to say.
    net::IoStatus ended_ = net::IoStatus::ok;
    bool goodbye_ = true;
    HandshakeWatch* watch_ = nullptr;
};

}  // namespace countersign::proxy::tls
