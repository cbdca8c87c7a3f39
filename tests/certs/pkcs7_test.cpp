#include "certs/pkcs7.hpp"

#include <gtest/gtest.h>

#include "certs/certificate.hpp"
#include "tests/certs/ber.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::as_bytes;
using certs::LoadErrorCode;

TEST(ReadPkcs7, GivesTheCertificatesOfTheBundle) {
    const std::string bundle = read_bytes(data("bundle.p7b"));

    ASSERT_TRUE(certs::is_pkcs7(as_bytes(bundle)));
    const auto certificates = certs::read_pkcs7(as_bytes(bundle), "acme.p7b");

    ASSERT_TRUE(certificates) << certificates.error().message();
    EXPECT_EQ(certificates->size(), 3u);
}

// Microsoft's certificate service writes it so: every length left open.
TEST(ReadPkcs7, ReadsLengthsThatAreLeftOpen) {
    const std::string bundle = indefinite(read_bytes(data("bundle.p7b")), 4);

    ASSERT_TRUE(certs::is_pkcs7(as_bytes(bundle)));
    const auto certificates = certs::read_pkcs7(as_bytes(bundle), "acme.p7b");

    ASSERT_TRUE(certificates) << certificates.error().message();
    EXPECT_EQ(certificates->size(), 3u);
    EXPECT_EQ(certs::subject_of(certificates->back().get()), "CN=Test Root");
}

TEST(ReadPkcs7, RefusesABundleThatIsCutShortAtAnyByte) {
    const std::string whole = read_bytes(data("bundle.p7b"));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto certificates = certs::read_pkcs7(as_bytes(whole).first(length), "acme.p7b");

        ASSERT_FALSE(certificates) << "cut at " << length;
        EXPECT_EQ(certificates.error().code, LoadErrorCode::malformed);
    }
}

TEST(ReadPkcs7, SaysThatABundleIsEmpty) {
    // SEQUENCE { signedData, [0] SEQUENCE { 1, SET {}, SEQUENCE { data }, SET {} } }
    const std::string bundle(
        "\x30\x23\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x16\x30\x14\x02\x01\x01\x31\x00"
        "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x31\x00",
        37
    );

    const auto certificates = certs::read_pkcs7(as_bytes(bundle), "acme.p7b");

    ASSERT_FALSE(certificates);
    EXPECT_EQ(certificates.error().code, LoadErrorCode::no_certificate);
    EXPECT_EQ(
        certificates.error().message(),
        "acme.p7b gives no certificate: it is a PKCS#7 bundle without any."
    );
}

TEST(IsPkcs7, TellsItFromOtherDer) {
    for (const char* file : {"root.der", "modern.p12", "pkcs8-key.der", "chain.pem"}) {
        EXPECT_FALSE(certs::is_pkcs7(as_bytes(read_bytes(data(file))))) << file;
    }
    EXPECT_FALSE(certs::is_pkcs7({}));
}

}  // namespace
}  // namespace countersign::tests
