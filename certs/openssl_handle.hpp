#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <vector>

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
using CrlHandle = OpensslHandle<X509_CRL, X509_CRL_free>;
using PrivateKeyHandle = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using BioHandle = OpensslHandle<BIO, BIO_free_all>;
using DigestContextHandle = OpensslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using CipherContextHandle = OpensslHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using ObjectHandle = OpensslHandle<ASN1_OBJECT, ASN1_OBJECT_free>;
using GeneralNamesHandle = OpensslHandle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Pkcs7Handle = OpensslHandle<PKCS7, PKCS7_free>;
using PbeHandle = OpensslHandle<PBEPARAM, PBEPARAM_free>;
using Pbe2Handle = OpensslHandle<PBE2PARAM, PBE2PARAM_free>;
using Pbkdf2Handle = OpensslHandle<PBKDF2PARAM, PBKDF2PARAM_free>;
using PrivateKeyInfoHandle = OpensslHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using EncryptedKeyHandle = OpensslHandle<X509_SIG, X509_SIG_free>;
using SslContextHandle = OpensslHandle<SSL_CTX, SSL_CTX_free>;
using SslHandle = OpensslHandle<SSL, SSL_free>;
using SslSessionHandle = OpensslHandle<SSL_SESSION, SSL_SESSION_free>;

/// One more reference to a certificate that somebody else owns.
inline X509Handle share(X509* certificate) {
    X509_up_ref(certificate);
    return X509Handle{certificate};
}

/// The same of a key.
inline PrivateKeyHandle share(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    return PrivateKeyHandle{key};
}

/// One more reference to each.
inline std::vector<X509Handle> share(const std::vector<X509Handle>& certificates) {
    std::vector<X509Handle> shared;
    shared.reserve(certificates.size());
    for (const X509Handle& each : certificates) shared.push_back(share(each.get()));
    return shared;
}

}  // namespace countersign::certs
