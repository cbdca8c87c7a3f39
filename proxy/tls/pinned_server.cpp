#include "proxy/tls/pinned_server.hpp"

#include <openssl/ssl.h>

#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {

certs::SslHandle new_unverified_ssl() {
    const certs::SslContextHandle context{
        SSL_CTX_new_ex(library_context(), nullptr, TLS_client_method())};
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return {};
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    return certs::SslHandle{SSL_new(context.get())};
}

bool shows(const SSL* connection, const certs::Identity& identity) {
    const X509* const shown = SSL_get0_peer_certificate(connection);
    return shown != nullptr && X509_cmp(shown, identity.leaf()) == 0;
}

}  // namespace countersign::proxy::tls
