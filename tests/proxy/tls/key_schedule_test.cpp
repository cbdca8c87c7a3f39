#include "proxy/tls/key_schedule.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "certs/text/ascii.hpp"
#include "proxy/tls/library_context.hpp"

namespace countersign::proxy::tls {
namespace {

using KdfHandle = certs::OpensslHandle<EVP_KDF, EVP_KDF_free>;
using KdfContextHandle = certs::OpensslHandle<EVP_KDF_CTX, EVP_KDF_CTX_free>;

struct Derivation {
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    std::string digest = "SHA256";
    const char* key = nullptr;  ///< null: not given; a letter, as often as `key_size` says
    std::size_t key_size = 0;
    std::string salt = {};
    std::string label = {};
    std::string data = {};
    std::size_t size = 32;  ///< of the output
};

OSSL_PARAM bytes(const char* name, const std::string& value) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
}

/// As libssl asks for it; "refused" where it is.
std::string derive(OSSL_LIB_CTX* library, Derivation asked) {
    const KdfHandle kdf{EVP_KDF_fetch(library, OSSL_KDF_NAME_TLS1_3_KDF, nullptr)};
    const KdfContextHandle context{EVP_KDF_CTX_new(kdf.get())};
    const std::string key(asked.key_size, asked.key == nullptr ? ' ' : *asked.key);
    const std::string prefix = "tls13 ";
    std::vector<OSSL_PARAM> given{
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &asked.mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, asked.digest.data(), 0),
        bytes(OSSL_KDF_PARAM_PREFIX, prefix), bytes(OSSL_KDF_PARAM_LABEL, asked.label)};
    if (asked.key != nullptr) given.push_back(bytes(OSSL_KDF_PARAM_KEY, key));
    if (!asked.salt.empty()) given.push_back(bytes(OSSL_KDF_PARAM_SALT, asked.salt));
    if (!asked.data.empty()) given.push_back(bytes(OSSL_KDF_PARAM_DATA, asked.data));
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

/// Where it is not ours, there is nothing to compare.
bool is_in_use() { return library_context() != nullptr; }

struct Row {
    const char* name;
    Derivation derivation;
};

constexpr int kExpand = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
constexpr int kExtract = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
const std::string k32(32, 'c');
const std::string k48(48, 'c');

class KeySchedule : public testing::TestWithParam<Row> {};

TEST_P(KeySchedule, IsThatOfOpenSsl) {
    const Derivation& asked = GetParam().derivation;

    EXPECT_EQ(in_hex(derive(library_context(), asked)), in_hex(derive(nullptr, asked)));
}

INSTANTIATE_TEST_SUITE_P(
    Derivations, KeySchedule,
    testing::Values(
        Row{"TrafficSecret", {kExpand, "SHA256", "k", 32, "", "c hs traffic", k32, 32}},
        Row{"TrafficSecretOfSha384", {kExpand, "SHA384", "k", 48, "", "c hs traffic", k48, 48}},
        Row{"TrafficSecretOfSha512", {kExpand, "SHA512", "k", 64, "", "c hs traffic", k48, 64}},
        Row{"DigestByItsOtherName", {kExpand, "SHA2-384", "k", 48, "", "exp master", k48, 48}},
        Row{"Key", {kExpand, "SHA256", "k", 32, "", "key", "", 16}},
        Row{"KeyOfSha384", {kExpand, "SHA384", "k", 48, "", "key", "", 32}},
        Row{"Iv", {kExpand, "SHA384", "k", 48, "", "iv", "", 12}},
        Row{"TwoBlocks", {kExpand, "SHA256", "k", 32, "", "exporter", k32, 33}},
        Row{"MostBlocks", {kExpand, "SHA256", "k", 32, "", "exporter", k32, 255 * 32}},
        Row{"OneByteMore", {kExpand, "SHA256", "k", 32, "", "exporter", k32, 255 * 32 + 1}},
        Row{"KeyOfABlock", {kExpand, "SHA256", "k", 64, "", "key", "", 16}},
        Row{"EmptyKey", {kExpand, "SHA256", "k", 0, "", "key", "", 16}},
        Row{"NoKeyToExpand", {kExpand, "SHA256", nullptr, 0, "", "key", "", 16}},
        Row{"EarlySecret", {kExtract, "SHA256", nullptr, 0, "", "derived", "", 32}},
        Row{"EarlySecretOfASession", {kExtract, "SHA384", "s", 48, "", "derived", "", 48}},
        Row{"HandshakeSecret", {kExtract, "SHA256", "x", 32, k32, "derived", "", 32}},
        Row{"HandshakeSecretOfSha384", {kExtract, "SHA384", "x", 32, k48, "derived", "", 48}},
        Row{"LargeSharedSecret", {kExtract, "SHA384", "x", 512, k48, "derived", "", 48}},
        Row{"MasterSecret", {kExtract, "SHA384", nullptr, 0, k48, "derived", "", 48}},
        Row{"WrongSizeOfASecret", {kExtract, "SHA256", "x", 32, k32, "derived", "", 31}},
        Row{"BothAtOnce", {EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, "SHA256", "x", 32, k32}},
        Row{"NoSuchMode", {7, "SHA256", "x", 32, k32}},
        Row{"NoSuchDigest", {kExpand, "MD6", "k", 32, "", "key", "", 16}},
        Row{"NoDigest", {kExpand, "", "k", 32, "", "key", "", 16}}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(KeySchedule, HasTheSecretsOfRfc8448) {
    const std::string early =
        derive(library_context(), {kExtract, "SHA256", nullptr, 0, "", "derived", "", 32});
    EXPECT_EQ(in_hex(early), "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
}

TEST(KeySchedule, TellsOneKeyFromAnother) {
    const Derivation one{kExpand, "SHA256", "k", 32, "", "key", "", 16};
    Derivation other = one;
    other.key = "l";

    EXPECT_NE(derive(library_context(), one), derive(library_context(), other));
    EXPECT_EQ(derive(library_context(), one), derive(library_context(), one));
}

TEST(KeySchedule, TakesNoParametersBeforehand) {
    if (!is_in_use()) return;  // OpenSSL's own takes them
    const KdfHandle kdf{EVP_KDF_fetch(library_context(), OSSL_KDF_NAME_TLS1_3_KDF, nullptr)};
    const KdfContextHandle context{EVP_KDF_CTX_new(kdf.get())};
    const std::string key(32, 'k');
    const std::vector<OSSL_PARAM> given{bytes(OSSL_KDF_PARAM_KEY, key), OSSL_PARAM_construct_end()};

    EXPECT_NE(EVP_KDF_CTX_set_params(context.get(), given.data()), 1) << "they would be lost";
}

}  // namespace
}  // namespace countersign::proxy::tls
