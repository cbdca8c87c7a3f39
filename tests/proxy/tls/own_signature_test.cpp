#include "proxy/tls/own_signature.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "proxy/tls/library_context.hpp"
#include "proxy/tls/offer.hpp"
#include "tests/support/ca.hpp"

namespace countersign::proxy::tls {
namespace {

using tests::KeyKind;

struct KeyRow {
    const char* name;
    KeyKind key;
    std::vector<std::string> signatures;
    int min_version;
    int max_version;
    const char* told;  ///< empty: it makes one of them
};

class OwnSignature : public testing::TestWithParam<KeyRow> {};

TEST_P(OwnSignature, IsLookedForInEachVersionThatIsOffered) {
    const certs::SslContextHandle context{
        SSL_CTX_new_ex(library_context(), nullptr, TLS_client_method())};
    const tests::Issued own =
        tests::Ca::self_signed({.common_name = "own", .key_kind = GetParam().key});
    SSL_CTX_use_certificate(context.get(), own.certificate.get());
    ASSERT_EQ(SSL_CTX_use_PrivateKey(context.get(), own.key.get()), 1);
    SSL_CTX_set_min_proto_version(context.get(), GetParam().min_version);
    SSL_CTX_set_max_proto_version(context.get(), GetParam().max_version);
    profiles::TlsOffer offer;
    offer.signature_algorithms = GetParam().signatures;

    EXPECT_EQ(apply_offer(*context, offer), GetParam().told);
}

constexpr int k12 = TLS1_2_VERSION;
constexpr int k13 = TLS1_3_VERSION;
const std::vector<std::string> kRsa{"RSA+SHA256"};
const std::vector<std::string> kPss{"rsa_pss_rsae_sha256"};

INSTANTIATE_TEST_SUITE_P(
    Keys, OwnSignature,
    testing::Values(
        KeyRow{"Rsa", KeyKind::rsa_2048, kRsa, k12, k13, ""},
        KeyRow{"RsaByPss", KeyKind::rsa_2048, kPss, k13, k13, ""},
        KeyRow{
            "RsaByPkcs1InTls13",
            KeyKind::rsa_2048,
            {"RSA+SHA256", "ecdsa_secp256r1_sha256"},
            k13,
            k13,
            "tls.signature_algorithms: the key of the key store (RSA 2048) makes none of these "
            "signatures in TLS 1.3, so that no server could get its certificate; add "
            "rsa_pss_rsae_sha256, or remove signature_algorithms"},
        KeyRow{
            "EcByRsa", KeyKind::ec_p256, kPss, k12, k13,
            "tls.signature_algorithms: the key of the key store (EC P-256) makes none of these "
            "signatures, so that no server could get its certificate; add ecdsa_secp256r1_sha256, "
            "or remove "
            "signature_algorithms"},
        KeyRow{"EcByAnotherDigest", KeyKind::ec_p384, {"ECDSA+SHA256"}, k12, k13, ""},
        KeyRow{
            "EcByAnotherDigestInTls13",
            KeyKind::ec_p384,
            {"ECDSA+SHA256"},
            k13,
            k13,
            "tls.signature_algorithms: the key of the key store (EC P-384) makes none of these "
            "signatures in TLS 1.3, so that no server could get its certificate; add "
            "ecdsa_secp384r1_sha384, or remove signature_algorithms"},
        KeyRow{
            "P521",
            KeyKind::ec_p521,
            {"ECDSA+SHA256"},
            k13,
            k13,
            "tls.signature_algorithms: the key of the key store (EC P-521) makes none of these "
            "signatures in TLS 1.3, so that no server could get its certificate; add "
            "ecdsa_secp521r1_sha512, or remove signature_algorithms"},
        KeyRow{
            "RsaPssByRsa", KeyKind::rsa_pss_2048, kPss, k12, k13,
            "tls.signature_algorithms: the key of the key store (RSA-PSS 2048) makes none of these "
            "signatures, so that no server could get its certificate; add rsa_pss_pss_sha256, or "
            "remove signature_algorithms"},
        KeyRow{"RsaPss", KeyKind::rsa_pss_2048, {"rsa_pss_pss_sha256"}, k12, k13, ""},
        KeyRow{"Ed25519", KeyKind::ed25519, {"ed25519"}, k12, k12, ""},
        KeyRow{
            "Ed448",
            KeyKind::ed448,
            {"ed25519"},
            k12,
            k12,
            "tls.signature_algorithms: the key of the key store (Ed448) makes none of these "
            "signatures, so that no server could get its certificate; add ed448, or remove "
            "signature_algorithms"},
        // The versions before TLS 1.2 have no such list.
        KeyRow{"OldVersions", KeyKind::ec_p256, kPss, TLS1_VERSION, k13, ""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

}  // namespace
}  // namespace countersign::proxy::tls
