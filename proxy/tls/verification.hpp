#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/crl_set.hpp"
#include "certs/openssl_handle.hpp"
#include "profiles/profile.hpp"
#include "proxy/tls/certificate_request.hpp"
#include "proxy/tls/name_constraints.hpp"
#include "proxy/tls/revocation.hpp"
#include "proxy/tls/revocation_question.hpp"
#include "proxy/tls/tls_failure.hpp"
#include "proxy/tls/tls_memory.hpp"

namespace countersign::proxy::tls {

struct Staple;

/// What OpenSSL asks and tells while a connection's handshake is under way: whether the server's
/// chain is accepted, that a certificate was asked for, new sessions; and what is known of a
/// failure. A part of the TLS stream, which it does not know; OpenSSL keeps its address.
class Verification {
public:
    /// `lists`: of revoked certificates; may be null. `memory`: of verified chains and of sessions;
    /// null: nothing is remembered. All outlive it.
    Verification(const profiles::TlsRules& rules, const certs::CrlSet* lists, TlsMemory* memory)
        : rules_{rules}, lists_{lists}, memory_{memory} {}
    Verification(const Verification&) = delete;
    Verification& operator=(const Verification&) = delete;

    /// Sets the callbacks that find the verification of their connection again.
    static void install(SSL_CTX& context, const profiles::TlsRules& rules);
    /// From now on that connection's.
    void watch(SSL& ssl);

    /// How long the chain that the server has shown, in this handshake or in the one whose session
    /// was resumed, vouches for what is left behind.
    std::chrono::system_clock::time_point vouched_until() const { return vouched_until_; }
    /// A session is offered: where it is resumed no chain is shown and no certificate asked for,
    /// and those of its own full handshake count.
    void offer(TlsSession session) {
        offered_ = std::move(session);
        vouched_until_ = offered_.vouched_until;
        questions_ = offered_.questions;
    }
    bool offered_version_alone() const { return offered_.version_alone; }
    bool accepts_truncation() const {
        return rules_.dangers.has(profiles::Danger::accept_truncation);
    }
    bool requires_identity() const { return rules_.require_client_auth; }
    /// Whether a chain was accepted, and the OCSP answer, or that there is none, not looked at yet.
    bool awaits_answer() const { return awaits_answer_; }
    /// In this very handshake.
    bool chain_shown() const { return chain_shown_; }
    /// What neither lists nor the server's OCSP answer say about revocation is asked elsewhere, by
    /// whoever calls this, before the connection is used. Until then what it leaves behind is
    /// vouched for by nobody, with `hard`. Else that is refused here.
    void leave_questions() { leaves_questions_ = true; }
    /// Of the chain that the server has shown, in this handshake or in that of the session; null:
    /// there are none.
    const RevocationQuestions& questions() const { return questions_; }
    /// What was found out about them.
    void settle(const RevocationFinding& finding);
    bool refused_renegotiation() const { return refused_renegotiation_; }
    void forget_renegotiation() { refused_renegotiation_ = false; }
    /// Whether a certificate was asked for in this very handshake.
    bool asked_here() const { return request_ != nullptr; }
    CertificateAsked asked(const SSL& ssl) const;
    /// The same without a share in it: the request, null where there was none, and whether the
    /// identity was sent.
    const CertificateRequest* request(const SSL& ssl) const;
    bool identity_sent(const SSL& ssl) const;

    /// What is known of the failure so far; made where there was none.
    TlsFailure& failure();
    TlsFailure take_failure();

private:
    using Time = std::chrono::system_clock::time_point;

    static int on_new_session(SSL* ssl, SSL_SESSION* session);
    static int on_certificate_request(SSL* ssl, void* argument);
    static int on_chain(X509_STORE_CTX* store, void* argument);
    static int on_verify(int accepted, X509_STORE_CTX* store);
    static int on_status(SSL* ssl, void* argument);
    static void on_event(const SSL* ssl, int what, int value);
    int check(X509_STORE_CTX& store, const SSL& ssl);
    int check_other_paths(X509_STORE_CTX& failed, const SSL& ssl);
    int check_authorities(X509_STORE_CTX& store);
    int check_strength(X509_STORE_CTX& store, int level);
    int check_rules(X509_STORE_CTX& store);
    int refuse(X509_STORE_CTX& store, int error, int depth);
    int check_revocation(X509_STORE_CTX& store, std::chrono::system_clock::time_point now);
    bool check_answer(const SSL& ssl, certs::ByteView der);
    bool check_answer_here(const SSL& ssl, const Staple& staple);
    bool leave_to_others(const SSL& ssl, const Staple& staple);
    void note_revocation(const X509* certificate, RevocationVerdict verdict);
    bool is_vouched_for() const { return vouched_until_ > Time{}; }
    void note_certificate(X509_STORE_CTX& store, std::optional<NameObjection> objection);

    const profiles::TlsRules& rules_;
    const certs::CrlSet* lists_;
    TlsMemory* memory_;
    std::unique_ptr<TlsFailure> failure_;
    std::chrono::system_clock::time_point vouched_until_{};
    /// How long what was found about its revocation stands.
    std::chrono::system_clock::time_point revocation_known_until_ =
        std::chrono::system_clock::time_point::max();
    /// What is known by lists, until the OCSP answer comes; null: it is not awaited.
    std::unique_ptr<RevocationVerdict> listed_;
    bool leaves_questions_ = false;
    RevocationQuestions questions_;
    Time chain_vouches_until_{};  ///< but for the questions that are open
    Time settled_until_ = Time::max();
    Time staple_ends_ = Time::max();  ///< where it alone vouches for the server's certificate
    bool awaits_answer_ = false;
    bool chain_shown_ = false;
    bool refused_renegotiation_ = false;
    std::shared_ptr<const CertificateRequest> request_;  ///< null: none on this connection
    TlsSession offered_;                                 ///< without its handle
};

}  // namespace countersign::proxy::tls
