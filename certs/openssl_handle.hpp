#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace countersign::certs {

/// Calls one OpenSSL free function; what makes a raw pointer an owner.
template <auto kFree>
struct OpensslDeleter {
    template <class T>
    void operator()(T* object) const noexcept {
        kFree(object);
    }
};

template <class T, auto kFree>
using OpensslHandle = std::unique_ptr<T, OpensslDeleter<kFree>>;

using X509Handle = OpensslHandle<X509, X509_free>;
using X509StoreHandle = OpensslHandle<X509_STORE, X509_STORE_free>;
using PrivateKeyHandle = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using BioHandle = OpensslHandle<BIO, BIO_free_all>;
using SslContextHandle = OpensslHandle<SSL_CTX, SSL_CTX_free>;
using SslHandle = OpensslHandle<SSL, SSL_free>;
using SslSessionHandle = OpensslHandle<SSL_SESSION, SSL_SESSION_free>;

/// One more reference to a certificate that somebody else owns.
inline X509Handle share(X509* certificate) {
    X509_up_ref(certificate);
    return X509Handle{certificate};
}

}  // namespace countersign::certs
