#include "proxy/tls/verification.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "certs/make/key_pair.hpp"
#include "proxy/tls/certificate_graph.hpp"
#include "proxy/tls/danger.hpp"
#include "proxy/tls/path_search.hpp"
#include "proxy/tls/path_trial.hpp"
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

/// Whether the operator has named the server's very certificate, or its key.
bool leaf_is_pinned(X509_STORE_CTX& verified, const profiles::TlsRules& rules) {
    const X509* const leaf = X509_STORE_CTX_get0_cert(&verified);
    return leaf != nullptr && (is_pinned(leaf, rules) || is_trusted(verified, leaf));
}

bool is_named_by_pin(X509_STORE_CTX& verified, const profiles::TlsRules& rules) {
    return rules.dangers.has(profiles::Danger::pinned_name) && leaf_is_pinned(verified, rules);
}

using StackOfNamed = certs::OpensslHandle<STACK_OF(X509), [](STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}>;

/// It has no issuer: but not because none was sent, or trusted.
void find_unreadable(X509_STORE_CTX& store) {
    X509* const below = X509_STORE_CTX_get_current_cert(&store);
    if (below == nullptr) return;
    const StackOfNamed trusted{X509_STORE_CTX_get1_certs(&store, X509_get_issuer_name(below))};
    X509* const found = unreadable_at(below, X509_STORE_CTX_get0_untrusted(&store), trusted.get());
    if (found == nullptr) return;
    X509_STORE_CTX_set_error(&store, X509_V_ERR_INVALID_EXTENSION);
    const bool above = found != below;
    X509_STORE_CTX_set_error_depth(&store, X509_STORE_CTX_get_error_depth(&store) + above);
    X509_STORE_CTX_set_current_cert(&store, found);
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
    if (rules.revocation != profiles::RevocationRule::off) {
        SSL_CTX_set_tlsext_status_type(&context, TLSEXT_STATUSTYPE_ocsp);
        SSL_CTX_set_tlsext_status_cb(&context, on_status);
    }
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
    if (!self->is_vouched_for()) return 0;
    self->memory_->sessions.store(
        {certs::SslSessionHandle{session}, std::min(self->vouched_until_, self->staple_ends_),
         self->asked(*ssl), self->offered_.version_alone, self->questions_}
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

int Verification::refuse(X509_STORE_CTX& store, int error, int depth) {
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(&store);
    X509_STORE_CTX_set_error(&store, error);
    X509_STORE_CTX_set_error_depth(&store, depth);
    X509_STORE_CTX_set_current_cert(&store, sk_X509_value(chain, depth));
    note_certificate(store, std::nullopt);
    return 0;
}

int Verification::check_authorities(X509_STORE_CTX& store) {
    const int depth = unmarked_authority(X509_STORE_CTX_get0_chain(&store));
    return depth == 0 ? 1 : refuse(store, X509_V_ERR_INVALID_CA, depth);
}

int Verification::check_strength(X509_STORE_CTX& store, int level) {
    const Weakness found = weakness_of(X509_STORE_CTX_get0_chain(&store), rules_.dangers, level);
    return found.error == X509_V_OK ? 1 : refuse(store, found.error, found.depth);
}

int Verification::check_rules(X509_STORE_CTX& store) {
    const STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(&store);
    const char* const host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(&store), 0);
    ServerVerdict verdict = check_server(chain, rules_, host, is_named_by_pin(store, rules_));
    if (verdict.error == X509_V_OK) return 1;
    X509_STORE_CTX_set_error(&store, verdict.error);
    X509_STORE_CTX_set_error_depth(&store, 0);
    X509_STORE_CTX_set_current_cert(&store, X509_STORE_CTX_get0_cert(&store));
    note_certificate(store, std::move(verdict.objection));
    return 0;
}

/// One path: the one that OpenSSL builds.
int Verification::check(X509_STORE_CTX& store, const SSL& ssl) {
    int accepted = X509_verify_cert(&store);
    if (accepted == 1) accepted = check_authorities(store);
    if (accepted == 1 && checks_strength(rules_.dangers)) {
        accepted = check_strength(store, SSL_get_security_level(&ssl));
    }
    return accepted == 1 ? check_rules(store) : accepted;
}

/// OpenSSL goes by the names of issuers, takes the first that fits, and never comes back to the
/// next.
int Verification::check_other_paths(X509_STORE_CTX& failed, const SSL& ssl) {
    int error = X509_STORE_CTX_get_error(&failed);
    if (!depends_on_path(error, X509_STORE_CTX_get_error_depth(&failed))) return 0;
    const CertificateGraph graph{failed};
    PathSearch search{graph};
    for (auto path = search.next(); !path.empty(); path = search.next()) {
        if (is_path(X509_STORE_CTX_get0_chain(&failed), path)) continue;
        const PathTrial trial{failed, path};
        X509_STORE_CTX* const store = trial.context();
        if (store == nullptr) return 0;
        std::unique_ptr<TlsFailure> told = std::move(failure_);
        if (check(*store, ssl) == 1) {
            trial.hand_over(failed);
            // What the paths before it have left would explain the next failure.
            certs::drain_openssl_errors();
            return 1;
        }
        const int found = X509_STORE_CTX_get_error(store);
        if (progress_until(found) > progress_until(error)) {
            error = found;
            X509_STORE_CTX_set_error(&failed, error);
        } else {
            failure_ = std::move(told);
        }
        if (!depends_on_path(found, X509_STORE_CTX_get_error_depth(store))) break;
    }
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
    // What is asked about revocation is asked each time: an answer may end before the memory does.
    const bool can_remember = memory != nullptr &&
                              self.rules_.revocation == profiles::RevocationRule::off &&
                              VerifiedChains::digest_of(*store, digest);
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
    int accepted = self.check(*store, *ssl);
    if (accepted == 0) accepted = self.check_other_paths(*store, *ssl);
    if (accepted == 1) accepted = self.check_revocation(*store, now);
    if (accepted != 1) return accepted;
    const auto chain_ends = end_of(X509_STORE_CTX_get0_chain(store));
    self.vouched_until_ = end_of_vouching(now, std::min(chain_ends, self.revocation_known_until_));
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
    if ((error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH) &&
        is_named_by_pin(*store, verification_of(ssl)->rules_)) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    if (progress_until(error) == 0) find_unreadable(*store);
    std::optional<NameObjection> objection;
    if (error == X509_V_ERR_EXCLUDED_VIOLATION || error == X509_V_ERR_PERMITTED_VIOLATION) {
        objection =
            objection_to(X509_STORE_CTX_get0_chain(store), X509_STORE_CTX_get_error_depth(store));
    }
    verification_of(ssl)->note_certificate(*store, std::move(objection));
    return 0;
}

namespace {

/// OpenSSL has one error for an authority that is not marked as one, and for one that may not sign
/// certificates.
int more_exactly(int error, X509* certificate) {
    if (error != X509_V_ERR_INVALID_CA || certificate == nullptr) return error;
    constexpr std::uint32_t kMarked = EXFLAG_CA | EXFLAG_KUSAGE;
    const bool is_marked = (X509_get_extension_flags(certificate) & kMarked) == kMarked;
    const bool signs = (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
    return is_marked && !signs ? X509_V_ERR_KEYUSAGE_NO_CERTSIGN : error;
}

}  // namespace

void Verification::note_certificate(X509_STORE_CTX& store, std::optional<NameObjection> objection) {
    if (failure_) return;
    auto& refused = failure().cause.emplace<CertificateRefused>();
    refused.error =
        more_exactly(X509_STORE_CTX_get_error(&store), X509_STORE_CTX_get_current_cert(&store));
    refused.text = X509_verify_cert_error_string(refused.error);
    refused.depth = X509_STORE_CTX_get_error_depth(&store);
    const X509* certificate = X509_STORE_CTX_get_current_cert(&store);
    if (certificate != nullptr) {
        refused.of_trust = is_trusted(store, certificate);
        refused.subject = certs::subject_of(certificate);
        refused.issuer = certs::issuer_of(certificate);
        refused.not_before = certs::to_text(certs::not_before_of(certificate));
        refused.not_after = certs::to_text(certs::not_after_of(certificate));
        refused.key = certs::public_key_text(certificate);
    }
    if (const X509* leaf = X509_STORE_CTX_get0_cert(&store)) {
        refused.names = certs::subject_alt_names_of(leaf);
    }
    refused.accepted_by = accepted_by(
        refused.error, X509_STORE_CTX_get_current_cert(&store),
        X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(&store), 0),
        leaf_is_pinned(store, rules_)
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
