#include "proxy/tls/server_context.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "certs/lifetime.hpp"
#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {

namespace {

/// Of who comes: a few certificates.
constexpr long kMaxClientCertificates = 64L * 1024;

/// HTTP/1.1 is what is spoken here, whatever else is offered.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr unsigned char kHttp[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, size, kHttp, sizeof kHttp - 1, offered, offered_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::string ServerContext::follow(Parts parts, std::shared_ptr<const ServerContext>& context) {
    if (context && context->parts_ == parts) return {};
    std::shared_ptr<ServerContext> made{new ServerContext{std::move(parts)}};
    context.reset();
    if (!made->configure()) {
        return "OpenSSL refuses its key store: " + certs::drain_openssl_errors();
    }
    context = std::move(made);
    return {};
}

bool ServerContext::configure() {
    context_.reset(SSL_CTX_new_ex(library_context(), nullptr, TLS_server_method()));
    SSL_CTX* const ctx = context_.get();
    if (ctx == nullptr || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1) return false;
    // Without sessions each connection shows its certificate anew, and is held against the trust
    // that is in force.
    SSL_CTX_set_options(
        ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                 SSL_OP_CIPHER_SERVER_PREFERENCE
    );
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(ctx, kMaxClientCertificates);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
    const certs::Identity& identity = *parts_.identity;
    if (SSL_CTX_use_certificate(ctx, identity.leaf()) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, identity.key()) != 1) {
        return false;
    }
    for (const certs::X509Handle& certificate : identity.chain()) {
        if (SSL_CTX_add1_chain_cert(ctx, certificate.get()) != 1) return false;
    }
    if (!parts_.clients) return true;
    SSL_CTX_set1_cert_store(ctx, parts_.clients->store());
    for (const certs::X509Handle& authority : parts_.clients->certificates()) {
        if (SSL_CTX_add_client_CA(ctx, authority.get()) != 1) return false;
    }
    // Probes and Prometheus come without one; whoever shows another's is refused.
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    return true;
}

bool ServerContext::is_for(std::string_view host) const {
    if (host.empty()) return false;  // OpenSSL would look for the end of a text
    X509* const leaf = parts_.identity->leaf();
    return X509_check_host(
               leaf, host.data(), host.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr
           ) == 1 ||
           X509_check_ip_asc(leaf, std::string{host}.c_str(), 0) == 1;
}

certs::SslHandle ServerContext::new_ssl() const {
    certs::SslHandle made{SSL_new(context_.get())};
    if (made) SSL_set_accept_state(made.get());
    return made;
}

VerifiedClient verified_client(const SSL* connection) {
    const X509* const leaf = SSL_get0_peer_certificate(connection);
    if (leaf == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
    VerifiedClient client{certs::subject_of(leaf)};
    if (client.subject == "?") return {};
    const STACK_OF(X509)* const chain = SSL_get0_verified_chain(connection);
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        client.until =
            std::min(client.until, certs::Lifetime::of(sk_X509_value(chain, i)).not_after);
    }
    return client;
}

std::string why_client_refused(const SSL* connection) {
    const long result = SSL_get_verify_result(connection);
    if (result == X509_V_OK) return {};
    return std::string{"its certificate is refused: "} + X509_verify_cert_error_string(result);
}

}  // namespace countersign::proxy::tls
