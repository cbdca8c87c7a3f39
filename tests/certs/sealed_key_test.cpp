#include "certs/sealed_key.hpp"

#include <gtest/gtest.h>

#include "certs/pem.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::as_bytes;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::open_key;
using certs::PrivateKeyHandle;
using certs::SealedKey;

SealedKey sealed(const char* file) {
    return std::move(certs::read_pem(as_bytes(read_bytes(data(file))), file)->keys.at(0));
}

constexpr const char* kEncrypted[] = {"pkcs8-encrypted.key", "pkcs8-scrypt.key",
                                      "pkcs8-md5-des.key",   "sec1-encrypted.key",
                                      "sec1-3des.key",       "sec1-des.key"};

TEST(OpenKey, GivesOneKeyFromEveryForm) {
    const PrivateKeyHandle plain = open_key(sealed("pkcs8.key"), std::nullopt, "x").value();

    EXPECT_EQ(EVP_PKEY_eq(open_key(sealed("sec1.key"), std::nullopt, "x")->get(), plain.get()), 1);
    for (const char* file : kEncrypted) {
        const LoadResult<PrivateKeyHandle> opened = open_key(sealed(file), secret(kPassword), "x");

        ASSERT_TRUE(opened) << opened.error().message();
        EXPECT_EQ(EVP_PKEY_eq(opened->get(), plain.get()), 1) << file;
    }
}

TEST(OpenKey, TellsNoPasswordFromAWrongOne) {
    for (const char* file : kEncrypted) {
        EXPECT_EQ(
            open_key(sealed(file), std::nullopt, "x").error().code, LoadErrorCode::password_needed
        ) << file;
        EXPECT_EQ(
            open_key(sealed(file), secret("wrong"), "x").error().code, LoadErrorCode::wrong_password
        ) << file;
        EXPECT_EQ(
            open_key(sealed(file), secret(""), "x").error().code, LoadErrorCode::wrong_password
        ) << file;
    }
}

TEST(OpenKey, NeverTakesAWrongPasswordForADamagedKey) {
    // Padding fits by chance once in 256 times: what then comes out is no key, and it is still the
    // password.
    for (int i = 0; i < 2000; ++i) {
        const std::string wrong = "wrong" + std::to_string(i);
        EXPECT_EQ(
            open_key(sealed("sec1-encrypted.key"), secret(wrong), "x").error().code,
            LoadErrorCode::wrong_password
        );
    }
}

TEST(OpenKey, SaysThatSingleDesIsInTheLegacyProvider) {
    const ScopedEnvironment nowhere{"OPENSSL_MODULES", "/nonexistent"};

    const LoadResult<PrivateKeyHandle> opened =
        open_key(sealed("sec1-des.key"), secret(kPassword), "x");

    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, LoadErrorCode::unsupported);
    EXPECT_NE(opened.error().message().find("openssl-provider-legacy"), std::string::npos)
        << opened.error().message();
    EXPECT_TRUE(open_key(sealed("sec1-3des.key"), secret(kPassword), "x"));
}

TEST(OpenKey, RefusesBytesThatAreNoKey) {
    using Form = SealedKey::Form;
    for (const Form form : {Form::pkcs8, Form::pkcs8_encrypted, Form::traditional}) {
        const SealedKey nonsense{form, {0x30, 0x03, 0x02, 0x01, 0x00}};

        EXPECT_EQ(
            open_key(nonsense, secret(kPassword), "x").error().code, LoadErrorCode::malformed
        );
    }
    SealedKey odd = sealed("sec1-3des.key");
    odd.der.pop_back();
    EXPECT_EQ(open_key(odd, secret(kPassword), "x").error().code, LoadErrorCode::wrong_password);
    const SealedKey unknown{Form::traditional_encrypted, {0x30, 0x00}, "DEK-Info: ROT13,00"};
    EXPECT_EQ(open_key(unknown, secret(kPassword), "x").error().code, LoadErrorCode::unsupported);
}

}  // namespace
}  // namespace countersign::tests
