#include <gtest/gtest.h>
#include <openssl/pkcs12.h>

#include "certs/edit/store_draft.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;

std::string der_of(PKCS12* store) {
    unsigned char* der = nullptr;
    const int size = i2d_PKCS12(store, &der);
    std::string bytes{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return bytes;
}

/// As node-forge writes it: the key under one form of the password, the certificate in the clear,
/// and the MAC under the password as it should be. `mac`: empty: none.
std::string store_of(const Issued& client, std::string_view key_password, std::string_view mac) {
    STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
    PKCS12_add_cert(&bags, client.certificate.get());
    PKCS8_PRIV_KEY_INFO* const plain = EVP_PKEY2PKCS8(client.key.get());
    PKCS12_SAFEBAG* const key = PKCS12_SAFEBAG_create_pkcs8_encrypt(
        NID_aes_256_cbc, key_password.data(), static_cast<int>(key_password.size()), nullptr, 0,
        1000, plain
    );
    PKCS8_PRIV_KEY_INFO_free(plain);
    sk_PKCS12_SAFEBAG_push(bags, key);
    STACK_OF(PKCS7)* safes = nullptr;
    PKCS12_add_safe(&safes, bags, -1, 0, nullptr);
    PKCS12* const store = PKCS12_add_safes(safes, 0);
    if (!mac.empty()) {
        PKCS12_set_mac(
            store, mac.data(), static_cast<int>(mac.size()), nullptr, 0, 1000, EVP_sha256()
        );
    }
    std::string bytes = der_of(store);
    PKCS12_free(store);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return bytes;
}

class ForgeStore : public testing::Test {
protected:
    certs::LoadResult<certs::LoadedIdentity> load(
        std::string_view key_password, std::string_view mac, std::string_view given
    ) const {
        return certs::load_identity(
            source_of(directory_.write("forge.p12", store_of(client_, key_password, mac)), given)
        );
    }

    const TempDir directory_;
    const Issued client_ = Ca::root("Root").issue({.common_name = "client", .client_auth = true});
};

constexpr std::string_view kUtf8 = "\xc3\xa4nderung";
constexpr std::string_view kLatin1 = "\xe4nderung";

TEST_F(ForgeStore, OpensWithItsKeyUnderThePasswordInLatin1) {
    for (const std::string_view mac : {kUtf8, std::string_view{}}) {
        const auto loaded = load(kLatin1, mac, kUtf8);

        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(loaded->identity.subject(), "CN=client");
    }
    ASSERT_TRUE(load(kUtf8, kUtf8, kUtf8));
    EXPECT_EQ(code_of(load("another", kUtf8, kUtf8)), LoadErrorCode::wrong_password);
}

// Made by node-forge itself, in the two ways in which it encrypts keys.
TEST_F(ForgeStore, OpensAsNodeForgeWroteIt) {
    for (const char* const file : {"forge.p12", "forge-3des.p12"}) {
        const auto loaded = certs::load_identity(source_of(data(file), kUtf8));

        ASSERT_TRUE(loaded) << file << loaded.error().message();
        EXPECT_EQ(loaded->identity.subject(), "CN=forge");
    }
}

TEST_F(ForgeStore, IsRenamedAndWrittenAnew) {
    const std::string bytes = store_of(client_, kLatin1, kUtf8);

    auto draft = certs::StoreDraft::read(certs::as_bytes(bytes), secret(kUtf8), "forge.p12");
    ASSERT_TRUE(draft);
    EXPECT_FALSE(draft->rename("1", "acme"));
    const auto written = draft->write(std::chrono::milliseconds{1});

    ASSERT_TRUE(written) << written.error().sentence;
}

TEST_F(ForgeStore, SaysThatTheKeyHasAPasswordOfItsOwnOnlyWhereThatIsKnown) {
    const auto proven = load("another", "changeit", "changeit");
    const auto open = load("another", "", "changeit");
    const auto wrong = load("changeit", "changeit", "wrong");

    EXPECT_NE(
        proven.error().message().find(
            "It opens the store, so the key has a password of its own: write key_password: {"
        ),
        std::string::npos
    ) << proven.error().message();
    EXPECT_NE(
        open.error().message().find("Where the key has a password of its own, write key_password"),
        std::string::npos
    ) << open.error().message();
    EXPECT_EQ(wrong.error().message().find("key_password"), std::string::npos)
        << wrong.error().message();
}

}  // namespace
}  // namespace countersign::tests
