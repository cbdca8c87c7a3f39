#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <cstdlib>

#include "certs/identity_loader.hpp"
#include "certs/key_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::load_identity;
using certs::LoadedIdentity;
using certs::LoadResult;
using certs::OpensslHandle;

struct Kind {
    const char* name;
    KeyKind kind;

    friend void PrintTo(const Kind& row, std::ostream* out) { *out << row.name; }
};

/// Every kind of key, out of every container, to an identity.
class KeyKinds : public testing::TestWithParam<Kind> {
protected:
    void expect_identity(const certs::KeyStoreSource& source) const {
        const LoadResult<LoadedIdentity> loaded = load_identity(source);

        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(EVP_PKEY_eq(loaded->identity.key(), client_.key.get()), 1) << source.file;
        EXPECT_EQ(X509_cmp(loaded->identity.leaf(), client_.certificate.get()), 0) << source.file;
        EXPECT_EQ(loaded->identity.chain().size(), 1u) << source.file;
    }

    const Issued client_ = Ca::root("Root").intermediate("Issuing").issue(
        {.common_name = "client", .key_kind = GetParam().kind}
    );
    const TempDir directory_;
};

TEST_P(KeyKinds, ComeOutOfPem) {
    for (const char* password : {"", "changeit"}) {
        expect_identity(source_of(
            directory_.write("acme.pem", client_.key_pem(password) + client_.chain_pem()), password
        ));
    }
}

TEST_P(KeyKinds, ComeOutOfDerBesideTheirCertificates) {
    unsigned char* der = nullptr;
    const OpensslHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info{
        EVP_PKEY2PKCS8(client_.key.get())};
    const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
    const std::string key{reinterpret_cast<char*>(der), static_cast<std::size_t>(length)};
    OPENSSL_free(der);
    certs::KeyStoreSource source =
        source_of(directory_.write("acme.pem", client_.chain_pem()), std::nullopt);
    source.key_file = directory_.write("acme.key", key);

    expect_identity(source);
}

TEST_P(KeyKinds, ComeOutOfPkcs12) {
    for (const auto protection : {Pkcs12Protection::modern, Pkcs12Protection::legacy}) {
        const auto file =
            directory_.write("acme.p12", client_.pkcs12(kPassword, "acme", protection));

        expect_identity(source_of(file));
    }
}

TEST_P(KeyKinds, ComeOutOfWhatKeytoolMakesOfThem) {
    directory_.write("from.p12", client_.pkcs12(kPassword, "acme"));
    for (const std::string type : {"JKS", "JCEKS", "PKCS12"}) {
        const std::string command =
            "cd '" + directory_.path().native() +
            "' && keytool -importkeystore -noprompt -srckeystore from.p12 -srcstorepass changeit "
            "-destkeystore " +
            type + " -deststoretype " + type + " -deststorepass changeit >log 2>&1";
        ASSERT_EQ(std::system(command.c_str()), 0) << read_bytes(directory_ / "log");

        expect_identity(source_of(directory_ / type));
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, KeyKinds,
    testing::Values(
        Kind{"Rsa", KeyKind::rsa_2048}, Kind{"RsaPss", KeyKind::rsa_pss_2048},
        Kind{"P256", KeyKind::ec_p256}, Kind{"P384", KeyKind::ec_p384},
        Kind{"P521", KeyKind::ec_p521}, Kind{"Ed25519", KeyKind::ed25519},
        Kind{"Ed448", KeyKind::ed448}
    ),
    [](const auto& test) { return test.param.name; }
);

/// PKCS#1 and SEC1, in the clear and under the headers of RFC 1421.
TEST(TraditionalKeys, GiveTheirIdentity) {
    const TempDir directory;
    const struct {
        const char* name;
        const EVP_CIPHER* cipher;
    } kCiphers[] = {{"none", nullptr}, {"3DES", EVP_des_ede3_cbc()}, {"AES", EVP_aes_128_cbc()}};
    for (const KeyKind kind :
         {KeyKind::rsa_2048, KeyKind::ec_p256, KeyKind::ec_p384, KeyKind::ec_p521}) {
        const Issued client = Ca::root("Root").issue({.common_name = "client", .key_kind = kind});
        for (const auto& [name, cipher] : kCiphers) {
            const certs::BioHandle bio{BIO_new(BIO_s_mem())};
            std::string password{kPassword};
            ASSERT_EQ(
                PEM_write_bio_PrivateKey_traditional(
                    bio.get(), client.key.get(), cipher, nullptr, 0, nullptr, password.data()
                ),
                1
            );
            const char* text = nullptr;
            const long length = BIO_get_mem_data(bio.get(), &text);
            const std::string pem{text, static_cast<std::size_t>(length)};
            ASSERT_EQ(pem.find("BEGIN PRIVATE KEY"), pem.npos);

            const LoadResult<LoadedIdentity> loaded =
                load_identity(source_of(directory.write("a.pem", pem + client.chain_pem())));

            ASSERT_TRUE(loaded) << name << ": " << loaded.error().message();
            EXPECT_EQ(EVP_PKEY_eq(loaded->identity.key(), client.key.get()), 1) << name;
        }
    }
}

}  // namespace
}  // namespace countersign::tests
