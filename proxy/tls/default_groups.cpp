#include "proxy/tls/default_groups.hpp"

#include <openssl/ssl.h>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {

namespace {

/// Bytes of a first message that leaves no room for the rest of it in a TCP segment. Without a
/// large key share one has some 300.
constexpr long kLargeHello = 1000;

/// OpenSSL's own choice before it had others.
constexpr const char* kSmallGroups = "X25519:P-256:X448:P-384:P-521:ffdhe2048:ffdhe3072";

/// Of the first message by the library's own choice, which a system's configuration may change.
/// That is asked, and not the version.
long size_of_hello() {
    const certs::SslContextHandle context{
        SSL_CTX_new_ex(library_context(), nullptr, TLS_client_method())};
    const certs::SslHandle connection{context ? SSL_new(context.get()) : nullptr};
    certs::BioHandle in{BIO_new(BIO_s_mem())};
    certs::BioHandle out{BIO_new(BIO_s_mem())};
    if (!connection || !in || !out) return 0;
    BIO* const written = out.get();
    SSL_set_bio(connection.get(), in.release(), out.release());
    SSL_connect(connection.get());
    certs::drain_openssl_errors();
    return BIO_pending(written);
}

}  // namespace

const DefaultGroups& DefaultGroups::of_library() {
    static const DefaultGroups known{"", size_of_hello() > kLargeHello ? kSmallGroups : ""};
    return known;
}

}  // namespace countersign::proxy::tls
