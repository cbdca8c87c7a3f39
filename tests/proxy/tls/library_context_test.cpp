#include "proxy/tls/library_context.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>

#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {
namespace {

TEST(TlsLibraryContext, IsOneOfItsOwnWhereNothingIsConfigured) {
    if (OPENSSL_version_minor() >= 2) {
        EXPECT_EQ(library_context(), nullptr) << "a later OpenSSL does not need it";
        return;
    }
    ASSERT_NE(library_context(), nullptr);
    EXPECT_EQ(OSSL_PROVIDER_available(library_context(), "countersign-tls"), 1);
    EXPECT_EQ(OSSL_PROVIDER_available(library_context(), "default"), 0);
    EXPECT_EQ(library_context(), library_context());
}

TEST(TlsLibraryContext, OffersTheSameCipherSuitesAsTheDefaultContext) {
    const auto suites = [](OSSL_LIB_CTX* library) {
        const certs::SslContextHandle context{
            SSL_CTX_new_ex(library, nullptr, TLS_client_method())};
        const certs::SslHandle ssl{SSL_new(context.get())};
        STACK_OF(SSL_CIPHER)* ciphers = SSL_get1_supported_ciphers(ssl.get());
        std::string names;
        for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
            names += SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)) + std::string{" "};
        }
        sk_SSL_CIPHER_free(ciphers);
        return names;
    };

    EXPECT_FALSE(suites(nullptr).empty());
    EXPECT_EQ(suites(library_context()), suites(nullptr));
}

certs::PrivateKeyHandle make_key(const std::string& kind) {
    using Context = certs::OpensslHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
    const Context context{EVP_PKEY_CTX_new_from_name(nullptr, kind.c_str(), nullptr)};
    EVP_PKEY* key = nullptr;
    EVP_PKEY_keygen_init(context.get());
    if (kind == "EC") EVP_PKEY_CTX_set_group_name(context.get(), "P-384");
    EVP_PKEY_generate(context.get(), &key);
    return certs::PrivateKeyHandle{key};
}

TEST(TlsLibraryContext, OffersTheSameGroupsAsTheDefaultContext) {
    const auto takes = [](OSSL_LIB_CTX* library, const char* group) {
        const certs::SslContextHandle context{
            SSL_CTX_new_ex(library, nullptr, TLS_client_method())};
        return SSL_CTX_set1_groups_list(context.get(), group) == 1;
    };

    for (const char* group : {"X25519", "P-256", "P-384", "P-521", "X448", "ffdhe2048"}) {
        EXPECT_TRUE(takes(nullptr, group)) << group;
        EXPECT_TRUE(takes(library_context(), group)) << group;
    }
}

class CertificateKeys : public testing::TestWithParam<const char*> {};

/// The key goes through a certificate's SubjectPublicKeyInfo, as a server's does.
TEST_P(CertificateKeys, AreRead) {
    const std::string kind = GetParam();
    const certs::PrivateKeyHandle key = make_key(kind);
    ASSERT_TRUE(key);
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key.get(), &der);
    ASSERT_GT(size, 0);

    const unsigned char* at = der;
    const certs::PrivateKeyHandle read{
        d2i_PUBKEY_ex(nullptr, &at, size, library_context(), nullptr)};
    OPENSSL_free(der);

    ASSERT_TRUE(read);
    EXPECT_EQ(EVP_PKEY_eq(read.get(), key.get()), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, CertificateKeys, testing::Values("RSA", "RSA-PSS", "EC", "ED25519", "ED448"),
    [](const auto& kind) {
        std::string name = kind.param;
        std::erase(name, '-');
        return name;
    }
);

}  // namespace
}  // namespace countersign::proxy::tls
