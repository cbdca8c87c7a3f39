#include "proxy/tls/handshake_messages.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/certificate.hpp"
#include "tests/support/ca.hpp"

namespace countersign::proxy::tls {
namespace {

using Texts = std::vector<std::string>;
using Bytes = std::vector<unsigned char>;

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// With its length in front, in so many bytes.
Bytes sized(const Bytes& content, int width) {
    Bytes out;
    for (int i = width - 1; i >= 0; --i) {
        out.push_back(static_cast<unsigned char>(content.size() >> (8 * i)));
    }
    return out + content;
}

/// "CN=Partner", in DER.
const Bytes kName = {0x30, 0x12, 0x31, 0x10, 0x30, 0x0e, 0x06, 0x03, 0x55, 0x04,
                     0x03, 0x0c, 0x07, 'P',  'a',  'r',  't',  'n',  'e',  'r'};
const Bytes kSchemes = {0x00, 0x06, 0x08, 0x04, 0x02, 0x03, 0xfe, 0xfe};

Bytes der_of(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    Bytes bytes{der, der + size};
    OPENSSL_free(der);
    return bytes;
}

TEST(RequestedCertificate, OfTls12HasKeysSchemesAndIssuers) {
    const Bytes message = Bytes{2, 1, 64} + kSchemes + sized(sized(kName, 2), 2);

    const RequestedCertificate asked = read_certificate_request(message, false);

    EXPECT_EQ(asked.key_types, (Texts{"RSA", "ECDSA"}));
    EXPECT_EQ(asked.signatures, (Texts{"rsa_pss_rsae_sha256", "ecdsa_sha1", "0xfefe"}));
    EXPECT_EQ(asked.issuers, (Texts{"CN=Partner"}));
}

/// TLS 1.1 and before (RFC 4346 7.4.4).
TEST(RequestedCertificate, OfAnOlderVersionHasNoSchemes) {
    const Bytes message = Bytes{1, 1} + sized(sized(kName, 2) + sized(kName, 2), 2);

    const RequestedCertificate asked = read_certificate_request(message, false);

    EXPECT_EQ(asked.key_types, (Texts{"RSA"}));
    EXPECT_TRUE(asked.signatures.empty());
    EXPECT_EQ(asked.issuers, (Texts{"CN=Partner", "CN=Partner"}));
}

TEST(RequestedCertificate, OfTls13HasThemAsExtensions) {
    const Bytes schemes = Bytes{0, 13} + sized(kSchemes, 2);
    const Bytes issuers = Bytes{0, 47} + sized(sized(sized(kName, 2), 2), 2);
    const Bytes unknown = Bytes{0xab, 0xcd} + sized({1, 2, 3}, 2);
    const Bytes message = sized({7, 7}, 1) + sized(unknown + schemes + issuers, 2);

    const RequestedCertificate asked = read_certificate_request(message, true);

    EXPECT_TRUE(asked.key_types.empty());
    EXPECT_EQ(asked.signatures, (Texts{"rsa_pss_rsae_sha256", "ecdsa_sha1", "0xfefe"}));
    EXPECT_EQ(asked.issuers, (Texts{"CN=Partner"}));
}

TEST(RequestedCertificate, ThatIsCutAnywhereIsReadAsFarAsItGoes) {
    const Bytes of12 = Bytes{2, 1, 64} + kSchemes + sized(sized(kName, 2), 2);
    const Bytes of13 = sized({}, 1) + sized(Bytes{0, 13} + sized(kSchemes, 2), 2);
    for (std::size_t size = 0; size < of12.size(); ++size) {
        const auto cut = certs::ByteView{of12}.first(size);
        EXPECT_LE(read_certificate_request(cut, false).issuers.size(), 1U);
    }
    for (std::size_t size = 0; size < of13.size(); ++size) {
        EXPECT_TRUE(
            read_certificate_request(certs::ByteView{of13}.first(size), true).signatures.empty()
        ) << size;
    }
}

TEST(ShownCertificates, AreReadInTheirOrder) {
    const tests::Ca root = tests::Ca::root("Root");
    const tests::Issued leaf = root.issue({"leaf"});
    const Bytes first = der_of(leaf.certificate.get());
    const Bytes second = der_of(root.certificate());

    const auto of12 = read_certificates(sized(sized(first, 3) + sized(second, 3), 3), false);
    const auto of13 = read_certificates(
        sized({}, 1) +
            sized(sized(first, 3) + sized({9, 9}, 2) + sized(second, 3) + sized({}, 2), 3),
        true
    );

    for (const auto* read : {&of12, &of13}) {
        ASSERT_EQ(read->size(), 2U);
        EXPECT_EQ(certs::subject_of((*read)[0].get()), "CN=leaf");
        EXPECT_EQ(certs::subject_of((*read)[1].get()), "CN=Root");
    }
    EXPECT_TRUE(read_certificates(Bytes{0, 0, 5, 0, 0, 9}, false).empty());
    EXPECT_TRUE(read_certificates({}, true).empty());
}

TEST(SignatureScheme, IsReadWhereTheVersionHasOne) {
    EXPECT_EQ(read_signature_scheme(Bytes{0x04, 0x03, 0, 0}, true), 0x0403);
    EXPECT_EQ(read_signature_scheme(Bytes{0x04, 0x03, 0, 0}, false), 0);
    EXPECT_EQ(read_signature_scheme(Bytes{0x04}, true), 0);
}

TEST(HandshakeMessage, HasTheNameThatTlsHasForIt) {
    EXPECT_EQ(handshake_message_name(1), "ClientHello");
    EXPECT_EQ(handshake_message_name(13), "CertificateRequest");
    EXPECT_EQ(handshake_message_name(99), "handshake message 99");
}

}  // namespace
}  // namespace countersign::proxy::tls
