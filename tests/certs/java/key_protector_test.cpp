#include "certs/java/key_protector.hpp"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "certs/password_encryption.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

using certs::LoadErrorCode;
using certs::OpensslHandle;

TEST(OpenJavaProtection, RefusesAnIterationCountThatWouldTakeForever) {
    const OpensslHandle<X509_ALGOR, X509_ALGOR_free> algorithm{
        PKCS5_pbe_set(NID_pbeWithMD5AndDES_CBC, certs::kMaxIterations + 1, nullptr, 8)};
    algorithm->algorithm = OBJ_txt2obj("1.3.6.1.4.1.42.2.19.1", 1);
    const OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> content{ASN1_OCTET_STRING_new()};
    ASSERT_TRUE(certs::is_java_protection(algorithm.get()));

    const auto opened = certs::open_java_protection(algorithm.get(), content.get(), kPassword, "x");

    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, LoadErrorCode::unsupported);
}

TEST(JavaPassword, IsUtf16WithoutAnEnd) {
    const auto text = [](std::string_view password) {
        const certs::SecretBytes bytes = certs::java_password(password);
        return std::string{certs::as_text(bytes)};
    };
    using namespace std::string_literals;
    EXPECT_EQ(text(""), "");
    EXPECT_EQ(text("a€"), "\0a\x20\xac"s);
    EXPECT_EQ(text("\xf0\x9f\x94\x91"), "\xd8\x3d\xdd\x11"s);
    EXPECT_EQ(text("M\xfc"), "\0M\0\xfc"s);
}

}  // namespace
}  // namespace countersign::tests
