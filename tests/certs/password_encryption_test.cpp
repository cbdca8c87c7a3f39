#include "certs/password_encryption.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

using certs::DecryptionGate;
using certs::kMaxIterations;
using certs::LoadErrorCode;
using certs::OpensslHandle;
using certs::password_forms;
using certs::PasswordEncryption;
using AlgorithmHandle = OpensslHandle<X509_ALGOR, X509_ALGOR_free>;

AlgorithmHandle pbes2(int iterations) {
    return AlgorithmHandle{
        PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), iterations, nullptr, 0, nullptr, NID_hmacWithSHA256)};
}

AlgorithmHandle pbes1(int scheme, int iterations) {
    return AlgorithmHandle{PKCS5_pbe_set(scheme, iterations, nullptr, 0)};
}

AlgorithmHandle scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p) {
    return AlgorithmHandle{PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, n, r, p)};
}

TEST(PasswordEncryption, ReadsWhatAnAlgorithmAsksFor) {
    const auto modern = PasswordEncryption::inspect(pbes2(10'000).get(), "x").value();
    const auto legacy =
        PasswordEncryption::inspect(pbes1(NID_pbe_WithSHA1And40BitRC2_CBC, 2048).get(), "x")
            .value();
    const auto memory = PasswordEncryption::inspect(scrypt(16'384, 8, 2).get(), "x").value();

    EXPECT_EQ(modern.iterations, 10'000u);
    EXPECT_EQ(modern.cipher, "AES-256-CBC");
    EXPECT_EQ(modern.digest, "SHA256");
    EXPECT_TRUE(modern.available_in(nullptr));
    EXPECT_EQ(legacy.cipher, "RC2-40-CBC");
    EXPECT_FALSE(legacy.available_in(nullptr));
    EXPECT_EQ(memory.iterations, 16'384u * 8 * 2);
}

TEST(PasswordEncryption, DoesNotKnowWhatIsNoEncryption) {
    AlgorithmHandle algorithm{X509_ALGOR_new()};
    X509_ALGOR_set0(algorithm.get(), OBJ_txt2obj("1.2.3.4", 1), V_ASN1_NULL, nullptr);
    EXPECT_EQ(
        PasswordEncryption::inspect(algorithm.get(), "x").error().code, LoadErrorCode::unsupported
    );

    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_pbes2), V_ASN1_NULL, nullptr);
    EXPECT_EQ(
        PasswordEncryption::inspect(algorithm.get(), "x").error().code, LoadErrorCode::malformed
    );
}

// OpenSSL neither makes nor opens such a key: the size of a block, 8, becomes 127.
TEST(PasswordEncryption, SaysThatScryptWantsTooMuchMemory) {
    const AlgorithmHandle algorithm = scrypt(16'384, 8, 1);
    ASN1_STRING* const parameters = algorithm->parameter->value.sequence;
    std::string der{
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(parameters)),
        static_cast<std::size_t>(ASN1_STRING_length(parameters))};
    const std::size_t at = der.find(std::string_view{"\x02\x02\x40\x00\x02\x01\x08", 7});
    ASSERT_NE(at, der.npos);
    der[at + 6] = 0x7f;
    ASN1_STRING_set(parameters, der.data(), static_cast<int>(der.size()));

    const auto found = PasswordEncryption::inspect(algorithm.get(), "x");

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, LoadErrorCode::unsupported);
    EXPECT_NE(found.error().message().find("32 MiB"), std::string::npos);
}

TEST(DecryptionGate, GivesTheDefaultContextWhereThatIsEnough) {
    DecryptionGate gate;

    EXPECT_EQ(gate.admit(pbes2(10'000).get(), "x").value(), nullptr);
    EXPECT_EQ(
        gate.admit(pbes1(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 2048).get(), "x").value(), nullptr
    );
    EXPECT_NE(gate.admit(pbes1(NID_pbe_WithSHA1And40BitRC2_CBC, 2048).get(), "x").value(), nullptr);
}

TEST(DecryptionGate, RefusesWhatCostsTooMuchInOneOrInAll) {
    EXPECT_FALSE(DecryptionGate{}.admit(pbes2(kMaxIterations + 1).get(), "x"));
    EXPECT_FALSE(DecryptionGate{}.admit(scrypt(1u << 10, 1, 1u << 13).get(), "x"));
    EXPECT_TRUE(DecryptionGate{}.admit(pbes2(kMaxIterations).get(), "x"));

    DecryptionGate gate;
    EXPECT_TRUE(gate.admit(pbes2(3'000'000).get(), "x"));
    const auto second = gate.admit(pbes2(3'000'000).get(), "x");

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, LoadErrorCode::unsupported);
    EXPECT_NE(second.error().detail.find("5000000 iterations"), std::string::npos);
}

TEST(PasswordForms, AreTwoWhereThereIsNoPassword) {
    EXPECT_EQ(password_forms(secret("changeit")), std::vector<std::string_view>{"changeit"});
    for (const auto& nothing : {std::optional<certs::Secret>{}, secret("")}) {
        const std::vector<std::string_view> forms = password_forms(nothing);

        ASSERT_EQ(forms.size(), 2u);
        EXPECT_NE(forms[0].data(), nullptr);
        EXPECT_EQ(forms[1].data(), nullptr);
    }
}

TEST(PasswordForms, HaveOneInLatin1WhereThatDiffers) {
    const struct {
        std::string_view password;
        std::optional<std::string_view> latin1;
    } kForms[] = {
        {"changeit", std::nullopt},       {"", std::nullopt}, {"\xc3\xa4nderung", "\xe4nderung"},
        {"\xe2\x82\xac 5", std::nullopt},  // the euro is not in it
        {"\xe4nderung", std::nullopt},     // no UTF-8
    };
    for (const auto& [password, latin1] : kForms) {
        const std::optional<certs::Secret> form = certs::latin1_form(secret(password));

        ASSERT_EQ(form.has_value(), latin1.has_value()) << password;
        if (!form) continue;
        EXPECT_EQ(form->reveal(), *latin1);
    }
    EXPECT_FALSE(certs::latin1_form(std::nullopt));
}

}  // namespace
}  // namespace countersign::tests
