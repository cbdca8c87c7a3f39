#include "proxy/tls/key_schedule.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "certs/text/ascii.hpp"
#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {
namespace {

using KdfHandle = certs::OpensslHandle<EVP_KDF, EVP_KDF_free>;
using KdfContextHandle = certs::OpensslHandle<EVP_KDF_CTX, EVP_KDF_CTX_free>;

using Given = std::optional<std::string>;
constexpr std::nullopt_t kNone = std::nullopt;

struct Derivation {
    int mode;
    std::string digest;
    Given key;
    Given salt;
    std::string label;
    Given data;
    std::size_t size;  ///< of the output
};

OSSL_PARAM bytes_of(const char* name, const std::string& value) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
}

/// As libssl asks for it; "refused" where it is.
std::string derive(OSSL_LIB_CTX* library, Derivation asked) {
    const KdfHandle kdf{EVP_KDF_fetch(library, OSSL_KDF_NAME_TLS1_3_KDF, nullptr)};
    const KdfContextHandle context{EVP_KDF_CTX_new(kdf.get())};
    const std::string prefix = "tls13 ";
    std::vector<OSSL_PARAM> given{
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &asked.mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, asked.digest.data(), 0),
        bytes_of(OSSL_KDF_PARAM_PREFIX, prefix), bytes_of(OSSL_KDF_PARAM_LABEL, asked.label)};
    if (asked.key) given.push_back(bytes_of(OSSL_KDF_PARAM_KEY, *asked.key));
    if (asked.salt) given.push_back(bytes_of(OSSL_KDF_PARAM_SALT, *asked.salt));
    if (asked.data) given.push_back(bytes_of(OSSL_KDF_PARAM_DATA, *asked.data));
    given.push_back(OSSL_PARAM_construct_end());
    std::string made(asked.size, '\0');
    auto* const into = reinterpret_cast<unsigned char*>(made.data());
    if (EVP_KDF_derive(context.get(), into, made.size(), given.data()) != 1) return "refused";
    return made;
}

std::string in_hex(const std::string& bytes) {
    std::string hex;
    for (const char each : bytes) certs::append_hex(hex, static_cast<unsigned char>(each));
    return hex;
}

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (; hex.size() >= 2; hex.remove_prefix(2)) {
        bytes += static_cast<char>(certs::hex_value(hex[0]) * 16 + certs::hex_value(hex[1]));
    }
    return bytes;
}

struct DerivationRow {
    const char* name;
    Derivation derivation;
};

constexpr int kExpand = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
constexpr int kExtract = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
constexpr int kBoth = EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND;

std::string many(char letter, std::size_t times) { return std::string(times, letter); }

class KeySchedule : public testing::TestWithParam<DerivationRow> {};

TEST_P(KeySchedule, IsThatOfOpenSsl) {
    const Derivation& asked = GetParam().derivation;

    EXPECT_EQ(in_hex(derive(library_context(), asked)), in_hex(derive(nullptr, asked)));
}

std::vector<DerivationRow> rows() {
    const std::string k32 = many('k', 32);
    const std::string k48 = many('k', 48);
    const std::string s32 = many('s', 32);
    const std::string s48 = many('s', 48);
    const std::string hash32 = many('h', 32);
    const std::string hash48 = many('h', 48);
    return {
        {"TrafficSecret", {kExpand, "SHA256", k32, kNone, "c hs traffic", hash32, 32}},
        {"TrafficSecretOfSha384", {kExpand, "SHA384", k48, kNone, "c hs traffic", hash48, 48}},
        {"TrafficSecretOfSha512", {kExpand, "SHA512", many('k', 64), kNone, "ap", hash48, 64}},
        {"DigestByItsOtherName", {kExpand, "SHA2-384", k48, kNone, "exp master", hash48, 48}},
        {"Key", {kExpand, "SHA256", k32, kNone, "key", kNone, 16}},
        {"KeyOfSha384", {kExpand, "SHA384", k48, kNone, "key", kNone, 32}},
        {"Iv", {kExpand, "SHA384", k48, kNone, "iv", kNone, 12}},
        {"NoNonce", {kExpand, "SHA256", k32, kNone, "resumption", "", 32}},
        {"LongNonce", {kExpand, "SHA256", k32, kNone, "resumption", many('n', 255), 32}},
        {"TooLongNonce", {kExpand, "SHA256", k32, kNone, "resumption", many('n', 256), 32}},
        {"LongLabel", {kExpand, "SHA256", k32, kNone, many('l', 249), kNone, 32}},
        {"TooLongLabel", {kExpand, "SHA256", k32, kNone, many('l', 250), kNone, 32}},
        {"NoLabel", {kExpand, "SHA256", k32, kNone, "", kNone, 32}},
        {"TwoBlocks", {kExpand, "SHA256", k32, kNone, "exporter", hash32, 33}},
        {"MostBlocks", {kExpand, "SHA256", k32, kNone, "exporter", hash32, 255 * 32}},
        {"OneByteMore", {kExpand, "SHA256", k32, kNone, "exporter", hash32, 255 * 32 + 1}},
        {"KeyOfABlock", {kExpand, "SHA256", many('k', 64), kNone, "key", kNone, 16}},
        {"EmptyKey", {kExpand, "SHA256", "", kNone, "key", kNone, 16}},
        {"NoKeyToExpand", {kExpand, "SHA256", kNone, kNone, "key", kNone, 16}},
        {"EarlySecret", {kExtract, "SHA256", kNone, kNone, "derived", kNone, 32}},
        {"EarlySecretOfASession", {kExtract, "SHA384", s48, kNone, "derived", kNone, 48}},
        {"HandshakeSecret", {kExtract, "SHA256", many('x', 32), s32, "derived", kNone, 32}},
        {"HandshakeSecretOfSha384", {kExtract, "SHA384", many('x', 32), s48, "derived", kNone, 48}},
        {"LargeSharedSecret", {kExtract, "SHA384", many('x', 512), s48, "derived", kNone, 48}},
        {"MasterSecret", {kExtract, "SHA384", kNone, s48, "derived", kNone, 48}},
        {"WrongSizeOfASecret", {kExtract, "SHA256", many('x', 32), s32, "derived", kNone, 31}},
        {"BothAtOnce", {kBoth, "SHA256", many('x', 32), s32, "derived", kNone, 32}},
        {"NoSuchMode", {7, "SHA256", many('x', 32), s32, "derived", kNone, 32}},
        {"NoSuchDigest", {kExpand, "MD6", k32, kNone, "key", kNone, 16}},
        {"NoDigest", {kExpand, "", k32, kNone, "key", kNone, 16}},
    };
}

INSTANTIATE_TEST_SUITE_P(Derivations, KeySchedule, testing::ValuesIn(rows()), [](const auto& row) {
    return row.param.name;
});

/// Its section 3, a client's first handshake.
TEST(KeySchedule, HasTheSecretsOfRfc8448) {
    const auto extract = [](const Given& key, const Given& salt) {
        return derive(library_context(), {kExtract, "SHA256", key, salt, "derived", kNone, 32});
    };
    const std::string shared =
        from_hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    const std::string hellos =
        from_hex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");

    const std::string early = extract(kNone, kNone);
    const std::string handshake = extract(shared, early);
    const std::string client = derive(
        library_context(), {kExpand, "SHA256", handshake, kNone, "c hs traffic", hellos, 32}
    );
    const std::string master = extract(kNone, handshake);

    EXPECT_EQ(in_hex(early), "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
    EXPECT_EQ(
        in_hex(handshake), "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac"
    );
    EXPECT_EQ(in_hex(client), "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
    EXPECT_EQ(in_hex(master), "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919");
}

TEST(KeySchedule, TellsOneKeyFromAnother) {
    const Derivation one{kExpand, "SHA256", many('k', 32), kNone, "key", kNone, 16};
    Derivation other = one;
    other.key = many('l', 32);

    EXPECT_NE(derive(library_context(), one), derive(library_context(), other));
    EXPECT_EQ(derive(library_context(), one), derive(library_context(), one));
}

TEST(KeySchedule, TakesNoParametersBeforehand) {
    if (library_context() == nullptr) return;  // OpenSSL's own takes them
    const KdfHandle kdf{EVP_KDF_fetch(library_context(), OSSL_KDF_NAME_TLS1_3_KDF, nullptr)};
    const KdfContextHandle context{EVP_KDF_CTX_new(kdf.get())};
    const std::string key = many('k', 32);
    const std::vector<OSSL_PARAM> given{
        bytes_of(OSSL_KDF_PARAM_KEY, key), OSSL_PARAM_construct_end()};

    EXPECT_NE(EVP_KDF_CTX_set_params(context.get(), given.data()), 1) << "they would be lost";
}

}  // namespace
}  // namespace countersign::proxy::tls
