#include "proxy/tls/verification.hpp"

#include <openssl/x509v3.h>

#include <utility>

#include "certs/certificate.hpp"
#include "proxy/tls/danger.hpp"
#include "proxy/tls/server_check.hpp"

namespace countersign::proxy::tls {

namespace {

Verification* verification_of(const SSL* ssl) {
    return static_cast<Verification*>(SSL_get_app_data(ssl));
}

bool is_trusted(X509_STORE_CTX& verified, const X509* certificate) {
    X509_STORE* const store = X509_STORE_CTX_get0_store(&verified);
    X509_STORE_lock(store);
    const STACK_OF(X509_OBJECT)* const objects = X509_STORE_get0_objects(store);
    bool found = false;
    for (int i = 0; i < sk_X509_OBJECT_num(objects) && !found; ++i) {
        const X509* const one = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        found = one != nullptr && X509_cmp(one, certificate) == 0;
    }
    X509_STORE_unlock(store);
    return found;
}

}  // namespace

void Verification::watch(SSL& ssl) { SSL_set_app_data(&ssl, this); }

void Verification::install(SSL_CTX& context, const profiles::TlsRules& rules) {
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_cert_verify_callback(&context, on_chain, nullptr);
    SSL_CTX_set_cert_cb(&context, on_certificate_request, nullptr);
    SSL_CTX_set_session_cache_mode(
        &context, rules.session_resumption ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
                                           : SSL_SESS_CACHE_OFF
    );
    SSL_CTX_sess_set_new_cb(&context, on_new_session);
    // TLS 1.3 has no renegotiation.
    if (rules.min_version == profiles::TlsVersion::tls_1_2) {
        SSL_CTX_set_info_callback(&context, on_event);
    }
}

/// A server may ask for another handshake once; without end it would be an attack.
void Verification::on_event(const SSL* ssl, int what, int value) {
    auto* const connection = const_cast<SSL*>(ssl);  // OpenSSL asks for less than it needs
    if ((what & SSL_CB_HANDSHAKE_START) != 0 && SSL_num_renegotiations(connection) > 0) {
        SSL_set_options(connection, SSL_OP_NO_RENEGOTIATION);
    }
    if (what == SSL_CB_WRITE_ALERT && (value & 0xFF) == SSL_AD_NO_RENEGOTIATION) {
        verification_of(ssl)->refused_renegotiation_ = true;
    }
}

int Verification::on_new_session(SSL* ssl, SSL_SESSION* session) {
    Verification* const self = verification_of(ssl);
    if (self->memory_ == nullptr) return 0;
    // Whoever resumed it would be refused as this handshake is.
    if (self->requires_identity() && !self->identity_sent(*ssl)) return 0;
    self->memory_->sessions.store(
        {certs::SslSessionHandle{session}, self->vouched_until_, self->asked(*ssl),
         self->offered_.version_alone}
    );
    return 1;
}

int Verification::on_certificate_request(SSL* ssl, void*) {
    Verification& self = *verification_of(ssl);
    TlsMemory* const memory = self.memory_;
    self.request_ = CertificateRequest::of(*ssl, memory == nullptr ? nullptr : memory->request);
    if (memory != nullptr) memory->request = self.request_;
    return 1;
}

/// OpenSSL sends no certificate, and has chosen no algorithm to sign with, where there is no
/// identity, or none of a kind that the server takes.
bool Verification::identity_sent(const SSL& ssl) const {
    if (!request_) return SSL_session_reused(&ssl) == 1 && offered_.asked.sent;
    int kind = NID_undef;
    return SSL_get_certificate(&ssl) != nullptr && SSL_get_signature_type_nid(&ssl, &kind) == 1;
}

const CertificateRequest* Verification::request(const SSL& ssl) const {
    if (request_) return request_.get();
    return SSL_session_reused(&ssl) == 1 ? offered_.asked.request.get() : nullptr;
}

CertificateAsked Verification::asked(const SSL& ssl) const {
    if (!request_) return SSL_session_reused(&ssl) == 1 ? offered_.asked : CertificateAsked{};
    return {request_, identity_sent(ssl)};
}

int Verification::check_strength(X509_STORE_CTX& store, int level) {
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(&store);
    const Weakness found = weakness_of(chain, rules_.dangers, level);
    if (found.error == X509_V_OK) return 1;
    X509_STORE_CTX_set_error(&store, found.error);
    X509_STORE_CTX_set_error_depth(&store, found.depth);
    X509_STORE_CTX_set_current_cert(&store, sk_X509_value(chain, found.depth));
    note_certificate(store, std::nullopt);
    return 0;
}

int Verification::check_rules(X509_STORE_CTX& store) {
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(&store);
    const char* const host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(&store), 0);
    ServerVerdict verdict = check_server(chain, rules_, host);
    if (verdict.error == X509_V_OK) return 1;
    X509_STORE_CTX_set_error(&store, verdict.error);
    X509_STORE_CTX_set_error_depth(&store, 0);
    X509_STORE_CTX_set_current_cert(&store, X509_STORE_CTX_get0_cert(&store));
    note_certificate(store, std::move(verdict.objection));
    return 0;
}

int Verification::on_chain(X509_STORE_CTX* store, void*) {
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    );
    Verification& self = *verification_of(ssl);
    self.chain_shown_ = true;
    TlsMemory* const memory = self.memory_;
    const auto now = std::chrono::system_clock::now();
    const profiles::Dangers& dangers = self.rules_.dangers;
    if (dangers.has(profiles::Danger::accept_any_server)) {
        self.vouched_until_ = end_of_vouching(now, std::chrono::system_clock::time_point::max());
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    VerifiedChains::Digest digest;
    const bool can_remember = memory != nullptr && VerifiedChains::digest_of(*store, digest);
    // It was checked by these very rules: the memory belongs to one TlsContext.
    if (can_remember) {
        if (const auto valid_until = memory->chains.knows(digest, now)) {
            self.vouched_until_ = end_of_vouching(now, *valid_until);
            X509_STORE_CTX_set_error(store, X509_V_OK);
            return 1;
        }
    }
    X509_VERIFY_PARAM* const terms = X509_STORE_CTX_get0_param(store);
    X509_VERIFY_PARAM_set_hostflags(
        terms, host_flags(self.rules_, X509_STORE_CTX_get0_cert(store))
    );
    if (checks_strength(dangers)) X509_VERIFY_PARAM_set_auth_level(terms, 0);
    int accepted = X509_verify_cert(store);
    if (accepted == 1 && checks_strength(dangers)) {
        accepted = self.check_strength(*store, SSL_get_security_level(ssl));
    }
    if (accepted == 1) accepted = self.check_rules(*store);
    if (accepted != 1) return accepted;
    self.vouched_until_ = end_of_vouching(now, end_of(X509_STORE_CTX_get0_chain(store)));
    if (can_remember) memory->chains.remember(digest, *store, now);
    return accepted;
}

int Verification::on_verify(int accepted, X509_STORE_CTX* store) {
    if (accepted == 1) return 1;
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    );
    const int error = X509_STORE_CTX_get_error(store);
    if (error == X509_V_ERR_HOSTNAME_MISMATCH) {
        const char* const host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(store), 0);
        if (host != nullptr && is_of_host(X509_STORE_CTX_get0_cert(store), host, kHostFlags)) {
            X509_STORE_CTX_set_error(store, X509_V_OK);
            return 1;
        }
    }
    std::optional<NameObjection> objection;
    if (error == X509_V_ERR_EXCLUDED_VIOLATION || error == X509_V_ERR_PERMITTED_VIOLATION) {
        objection =
            objection_to(X509_STORE_CTX_get0_chain(store), X509_STORE_CTX_get_error_depth(store));
    }
    verification_of(ssl)->note_certificate(*store, std::move(objection));
    return 0;
}

void Verification::note_certificate(X509_STORE_CTX& store, std::optional<NameObjection> objection) {
    if (failure_) return;
    auto& refused = failure().cause.emplace<CertificateRefused>();
    refused.error = X509_STORE_CTX_get_error(&store);
    refused.text = X509_verify_cert_error_string(refused.error);
    refused.depth = X509_STORE_CTX_get_error_depth(&store);
    const X509* certificate = X509_STORE_CTX_get_current_cert(&store);
    if (certificate != nullptr) {
        refused.of_trust = is_trusted(store, certificate);
        refused.subject = certs::subject_of(certificate);
        refused.issuer = certs::issuer_of(certificate);
        refused.not_before = certs::to_text(certs::not_before_of(certificate));
        refused.not_after = certs::to_text(certs::not_after_of(certificate));
    }
    if (const X509* leaf = X509_STORE_CTX_get0_cert(&store)) {
        refused.names = certs::subject_alt_names_of(leaf);
    }
    refused.accepted_by = accepted_by(
        refused.error, X509_STORE_CTX_get_current_cert(&store),
        X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(&store), 0)
    );
    if (objection) {
        refused.constraining_authority = std::move(objection->authority);
        refused.constrained_name = std::move(objection->name);
    }
    if (refused.error == X509_V_ERR_APPLICATION_VERIFICATION) {
        refused.chain_pins = pins_of(X509_STORE_CTX_get0_chain(&store));
    }
}

TlsFailure& Verification::failure() {
    if (!failure_) failure_ = std::make_unique<TlsFailure>();
    return *failure_;
}

TlsFailure Verification::take_failure() {
    TlsFailure taken = std::move(failure());
    failure_.reset();
    return taken;
}

}  // namespace countersign::proxy::tls
