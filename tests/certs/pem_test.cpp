#include "certs/pem.hpp"

#include <gtest/gtest.h>

#include "tests/certs/stores.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::as_bytes;
using certs::LoadErrorCode;
using certs::LoadResult;
using certs::PemContent;

LoadResult<PemContent> read(std::string_view text) {
    return certs::read_pem(as_bytes(text), "acme.pem");
}

std::string with_crlf(const std::string& text) {
    std::string out;
    for (const char c : text) c == '\n' ? out += "\r\n" : out += c;
    return out;
}

TEST(ReadPem, ReadsBlocksInAnyOrderWithTextBetween) {
    const Issued client = Ca::root("Root").issue({.common_name = "client"});
    const std::string blocks = "first\n" + client.certificate_pem() +
                               "Bag Attributes\n  localKeyID: 01\n" + client.key_pem() + "\n\n" +
                               client.key_pem("secret") + "last";

    for (const std::string& text :
         {blocks, with_crlf(blocks), "\xef\xbb\xbf" + client.chain_pem() + blocks}) {
        const LoadResult<PemContent> content = read(text);

        ASSERT_TRUE(content) << content.error().message();
        EXPECT_GE(content->certificates.size(), 1u);
        ASSERT_EQ(content->keys.size(), 2u);
        EXPECT_FALSE(content->keys[0].encrypted());
        EXPECT_TRUE(content->keys[1].encrypted());
    }
}

TEST(ReadPem, SeesTheFirstBlockBehindAByteOrderMark) {
    EXPECT_EQ(read("\xef\xbb\xbf" + Ca::root("Root").certificate_pem())->certificates.size(), 1u);
}

TEST(ReadPem, SeesABlockBehindAByteOrderMarkWhereFilesWerePutTogether) {
    const std::string pem = Ca::root("Root").certificate_pem();

    EXPECT_EQ(read(pem + "\xef\xbb\xbf" + pem)->certificates.size(), 2u);
    // OpenSSL skips it here.
    EXPECT_EQ(read(pem + "text\n\xef\xbb\xbf" + pem)->certificates.size(), 2u);
}

TEST(ReadPem, CountsWhatIsNeitherKeyNorCertificate) {
    const std::string request =
        "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n";

    EXPECT_EQ(read(request)->describe(), "a certificate request");
    EXPECT_EQ(
        read(Ca::root("Root").certificate_pem() + request)->describe(),
        "1 certificate, a certificate request"
    );
    EXPECT_EQ(read("text")->describe(), "nothing");
}

TEST(ReadPem, NeverLeavesABlockOutInSilence) {
    const std::string pem = Ca::root("Root").certificate_pem();
    std::string base64 = pem;
    base64[60] = '!';
    std::string not_a_certificate = pem;
    not_a_certificate[28] = 'A';
    const struct {
        const char* name;
        std::string text;
    } kTexts[] = {
        {"cut short", pem.substr(0, pem.size() / 2)},
        {"no end", pem.substr(0, pem.find("-----END"))},
        {"base64", base64},
        {"not a certificate", not_a_certificate},
        {"text behind the dashes", "-----BEGIN CERTIFICATE----- of Acme\n" + pem},
    };
    for (const auto& [name, text] : kTexts) {
        const LoadResult<PemContent> content = read(text);

        ASSERT_FALSE(content) << name;
        EXPECT_EQ(content.error().code, LoadErrorCode::malformed) << name;
    }
}

// OpenSSL reads a control character as a blank, and a long line in stretches of 254 bytes.
TEST(ReadPem, TakesNoBlockForAnother) {
    const std::string pem = Ca::root("Root").certificate_pem();
    std::string with_zero = pem;
    with_zero[10] = '\0';
    for (const std::string& text :
         {"Bag Attributes" + pem + with_zero, with_zero + "see " + pem,
          std::string(254, '#') + pem}) {
        const LoadResult<PemContent> content = read(text);

        ASSERT_FALSE(content);
        EXPECT_EQ(content.error().code, LoadErrorCode::malformed);
        EXPECT_NE(content.error().detail.find("does not stand alone"), std::string::npos);
    }
    EXPECT_EQ(read(with_zero)->certificates.size(), 1u);
}

}  // namespace
}  // namespace countersign::tests
