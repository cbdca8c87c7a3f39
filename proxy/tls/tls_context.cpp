#include "proxy/tls/tls_context.hpp"

#include <openssl/ssl.h>

#include "certs/error.hpp"
#include "proxy/tls/danger.hpp"
#include "proxy/tls/key_log.hpp"
#include "proxy/tls/library_context.hpp"
#include "proxy/tls/offer.hpp"
#include "proxy/tls/verification.hpp"

namespace countersign::proxy::tls {

namespace {

/// Bytes of the certificates that a server may send. OpenSSL's own 100 KiB are less than some
/// bundles; what it keeps of them, it keeps until the handshake ends.
constexpr long kMaxServerCertificates = 256L * 1024;

int version_number(profiles::TlsVersion version) {
    return version == profiles::TlsVersion::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

}  // namespace

boost::system::result<std::shared_ptr<const TlsContext>, std::string> TlsContext::make(
    TlsContextParts parts
) {
    std::shared_ptr<TlsContext> made{new TlsContext{std::move(parts)}};
    if (!made->configure()) {
        return "OpenSSL refuses its key store or TLS rules: " + certs::drain_openssl_errors();
    }
    const profiles::TlsRules& rules = made->parts_.rules;
    std::string wrong = apply_offer(*made->context_, rules.offer);
    if (wrong.empty() && rules.key_log) wrong = write_keys_to(*made->context_, *rules.key_log);
    if (!wrong.empty()) return wrong;
    return std::shared_ptr<const TlsContext>{std::move(made)};
}

std::shared_ptr<const TlsContext> TlsContext::twin_of(const TlsContext& other) {
    std::shared_ptr<TlsContext> made{new TlsContext{other.parts_}};
    SSL_CTX_up_ref(other.context_.get());
    made->context_.reset(other.context_.get());
    return made;
}

bool TlsContext::use_identity() {
    const certs::Identity& identity = *parts_.identity;
    SSL_CTX* const ctx = context_.get();
    // The chain goes out as the identity has it; OpenSSL is not to complete it from the trust store
    // by itself.
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    if (SSL_CTX_use_certificate(ctx, identity.leaf()) != 1) return false;
    if (SSL_CTX_use_PrivateKey(ctx, identity.key()) != 1) return false;
    for (const certs::X509Handle& certificate : identity.chain()) {
        if (SSL_CTX_add1_chain_cert(ctx, certificate.get()) != 1) return false;
    }
    if (parts_.send_root && identity.root() != nullptr) {
        return SSL_CTX_add1_chain_cert(ctx, identity.root()) == 1;
    }
    return true;
}

bool TlsContext::configure() {
    context_.reset(SSL_CTX_new_ex(library_context(), nullptr, TLS_client_method()));
    SSL_CTX* const ctx = context_.get();
    if (ctx == nullptr) return false;
    apply_dangers(*ctx, parts_.rules.dangers);
    const bool old = parts_.rules.dangers.has(profiles::Danger::tls10);
    const int lowest = old ? TLS1_VERSION : version_number(parts_.rules.min_version);
    if (SSL_CTX_set_min_proto_version(ctx, lowest) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, version_number(parts_.rules.max_version)) != 1) {
        return false;
    }
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_max_cert_list(ctx, kMaxServerCertificates);
    if (parts_.rules.renegotiation == profiles::RenegotiationRule::refuse) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
    }
    // Record buffers are there while a record passes, and go back to the heap after it: all the
    // connections of a worker share the few that are warm in the cache.
    SSL_CTX_set_mode(
        ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                 SSL_MODE_RELEASE_BUFFERS
    );
    // Without read-ahead every record costs two reads: five bytes, then the rest.
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_post_handshake_auth(ctx, parts_.rules.post_handshake_auth ? 1 : 0);
    if (SSL_CTX_set1_cert_store(ctx, parts_.trust->store()); parts_.identity && !use_identity()) {
        return false;
    }
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    Verification::install(*ctx, parts_.rules);
    return true;
}

bool TlsContext::differs_in_identity(const TlsContext& other) const {
    const auto& own = parts_.identity;
    if (!own || !other.parts_.identity || own == other.parts_.identity) return false;
    TlsContextParts same = parts_;
    same.identity = other.parts_.identity;
    return other.is_made_of(same);
}

certs::SslHandle TlsContext::new_ssl() const { return certs::SslHandle{SSL_new(context_.get())}; }

}  // namespace countersign::proxy::tls
