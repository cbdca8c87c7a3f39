#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "certs/openssl_handle.hpp"
#include "profiles/profile.hpp"
#include "proxy/tls/certificate_request.hpp"
#include "proxy/tls/name_constraints.hpp"
#include "proxy/tls/tls_failure.hpp"
#include "proxy/tls/tls_memory.hpp"

namespace countersign::proxy::tls {

/// What OpenSSL asks and tells while a connection's handshake is under way: whether the server's
/// chain is accepted, that a certificate was asked for, new sessions; and what is known of a
/// failure. A part of the TLS stream, which it does not know; OpenSSL keeps its address.
class Verification {
public:
    /// `memory`: of verified chains and of sessions; null: nothing is remembered. Both outlive it.
    Verification(const profiles::TlsRules& rules, TlsMemory* memory)
        : rules_{rules}, memory_{memory} {}
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
    }
    bool offered_version_alone() const { return offered_.version_alone; }
    bool accepts_truncation() const {
        return rules_.dangers.has(profiles::Danger::accept_truncation);
    }
    bool requires_identity() const { return rules_.require_client_auth; }
    /// In this very handshake.
    bool chain_shown() const { return chain_shown_; }
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
    static int on_new_session(SSL* ssl, SSL_SESSION* session);
    static int on_certificate_request(SSL* ssl, void* argument);
    static int on_chain(X509_STORE_CTX* store, void* argument);
    static int on_verify(int accepted, X509_STORE_CTX* store);
    static void on_event(const SSL* ssl, int what, int value);
    int check_strength(X509_STORE_CTX& store, int level);
    int check_rules(X509_STORE_CTX& store);
    void note_certificate(X509_STORE_CTX& store, std::optional<NameObjection> objection);

    const profiles::TlsRules& rules_;
    TlsMemory* memory_;
    std::unique_ptr<TlsFailure> failure_;
    std::chrono::system_clock::time_point vouched_until_{};
    bool chain_shown_ = false;
    bool refused_renegotiation_ = false;
    std::shared_ptr<const CertificateRequest> request_;  ///< null: none on this connection
    TlsSession offered_;                                 ///< without its handle
};

}  // namespace countersign::proxy::tls
