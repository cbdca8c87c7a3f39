#include "certs/pem_lines.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "certs/crl_set.hpp"
#include "certs/pem.hpp"
#include "certs/trust_store.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/revocation_list.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using namespace std::string_literals;
using certs::LoadErrorCode;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
    return text;
}

std::string utf16(const std::string& text, bool little) {
    std::string out = little ? "\xff\xfe" : "\xfe\xff";
    for (const char c : text) {
        if (!little) out += '\0';
        out += c;
        if (little) out += '\0';
    }
    return out;
}

/// What happens to PEM on its way, and is read all the same.
struct Loss {
    const char* name;
    std::function<std::string(const std::string&)> of;
};

const Loss kLosses[] = {
    {"joined without a line end",
     [](const std::string& text) {
         return replaced(text, "-----\n-----BEGIN", "----------BEGIN");
     }},
    {"no last line end", [](const std::string& text) { return text.substr(0, text.size() - 1); }},
    {"written line ends", [](const std::string& text) { return replaced(text, "\n", "\\n"); }},
    {"written line ends of Windows",
     [](const std::string& text) { return replaced(text, "\n", "\\r\\n"); }},
    {"written line ends and real ones",
     [](const std::string& text) { return replaced(text, "\n", "\\n\n"); }},
    {"blanks for line ends", [](const std::string& text) { return replaced(text, "\n", " "); }},
    {"carriage returns alone", [](const std::string& text) { return replaced(text, "\n", "\r"); }},
    {"empty lines between", [](const std::string& text) { return replaced(text, "\n", "\n\n"); }},
    {"blanks behind each line",
     [](const std::string& text) { return replaced(text, "\n", " \t\n"); }},
    {"blanks behind BEGIN",
     [](const std::string& text) { return replaced(text, "-----BEGIN ", "-----BEGIN   "); }},
    {"indentation",
     [](const std::string& text) { return "    " + replaced(text, "\n", "\n    "); }},
    {"indentation by tabulators",
     [](const std::string& text) { return "\t" + replaced(text, "\n", "\r\n\t"); }},
    {"a byte order mark", [](const std::string& text) { return "\xef\xbb\xbf" + text; }},
    {"a mark at each block", [](const std::string& text
                             ) { return replaced(text, "-----BEGIN", "\xef\xbb\xbf-----BEGIN"); }},
    {"a mark and written line ends",
     [](const std::string& text) { return "\xef\xbb\xbf" + replaced(text, "\n", "\\n"); }},
    {"UTF-16", [](const std::string& text) { return utf16(text, true); }},
    {"big-endian UTF-16 in one line",
     [](const std::string& text) { return utf16(replaced(text, "\n", " "), false); }},
};

/// Certificate and chain, as they were in PEM.
std::string chain_text() { return read_bytes(data("chain.pem")); }

TEST(PemLines, AreMendedInAStoreAndInEachKindOfKey) {
    const TempDir directory;
    for (const char* const key :
         {"pkcs8.key", "sec1.key", "pkcs8-encrypted.key", "sec1-encrypted.key"}) {
        const std::string whole = chain_text() + read_bytes(data(key));
        const auto right = certs::load_identity(source_of(directory.write("right.pem", whole)));
        ASSERT_TRUE(right) << key << right.error().message();
        for (const Loss& loss : kLosses) {
            const auto store = directory.write("one.pem", loss.of(whole));
            certs::KeyStoreSource files =
                source_of(directory.write("c.pem", loss.of(chain_text())));
            files.key_file = directory.write("k.pem", loss.of(read_bytes(data(key))));

            for (const certs::KeyStoreSource& source : {source_of(store), files}) {
                const auto loaded = certs::load_identity(source);

                ASSERT_TRUE(loaded) << key << ", " << loss.name << loaded.error().message();
                EXPECT_TRUE(loaded->identity.has_content_of(right->identity)) << loss.name;
            }
        }
    }
}

TEST(PemLines, AreMendedInWhatIsTrusted) {
    const TempDir directory;
    const auto right = certs::TrustStore::load({certs::TrustFile{data("chain.pem")}});
    ASSERT_TRUE(right);
    for (const Loss& loss : kLosses) {
        const std::string text = loss.of(chain_text());
        const certs::TrustSource sources[] = {
            certs::TrustFile{directory.write("trust.pem", text)},
            certs::TrustInlinePem{text, "inline"}};
        for (const certs::TrustSource& source : sources) {
            const auto trust = certs::TrustStore::load({source});

            ASSERT_TRUE(trust) << loss.name << trust.error().message();
            EXPECT_TRUE(trust->has_content_of(*right)) << loss.name;
        }
    }
}

TEST(PemLines, AreMendedInRevocationLists) {
    const TempDir directory;
    const Ca root = Ca::root("Root");
    const Ca other = Ca::root("Other");
    const Issued leaf = root.issue({.common_name = "leaf"});
    const std::string whole =
        crl_pem(root, {.revoked = {leaf.certificate.get()}}) + crl_pem(other, {});
    const auto file = directory.write("some.crl", whole);
    const auto right = certs::CrlSet::load({file});
    ASSERT_TRUE(right) << right.error().message();
    for (const Loss& loss : kLosses) {
        directory.write("some.crl", loss.of(whole));

        const auto set = certs::CrlSet::load({file});

        ASSERT_TRUE(set) << loss.name << set.error().message();
        EXPECT_TRUE(set->has_content_of(*right)) << loss.name;
        ASSERT_EQ(set->lists().size(), 2U) << loss.name;
        EXPECT_TRUE(revocation_in(set->lists()[0], leaf.certificate.get())) << loss.name;
    }
}

TEST(PemLines, AreNamedInRevocationLists) {
    const TempDir directory;
    const std::string pem = crl_pem(Ca::root("Root"), {});
    std::string odd = pem;
    odd[100] = '!';
    const struct {
        const char* name;
        std::string text;
        std::string_view says;
    } kTexts[] = {
        {"text before BEGIN", "first\nsee " + pem, "line 2 has text before its BEGIN"},
        {"another character", odd, "line 3 has the character '!', which base64 has not"},
        {"another END", replaced(pem, "END X509 CRL", "END CERTIFICATE"),
         "its first block has no line -----END X509 CRL-----"},
    };
    for (const auto& [name, text, says] : kTexts) {
        const auto set = certs::CrlSet::load({directory.write("some.crl", text)});

        ASSERT_FALSE(set) << name;
        EXPECT_EQ(set.error().code, LoadErrorCode::malformed) << name;
        EXPECT_NE(set.error().message().find(says), std::string::npos)
            << name << ": " << set.error().message();
    }
}

TEST(PemLines, LeaveTheTextBetweenTheBlocks) {
    const std::string pem = chain_text();
    const std::string text = "subject=a\n" + replaced(pem, "\n", "\\n") + "\nlast";

    const auto mended = certs::with_lines_mended(text);

    ASSERT_TRUE(mended);
    EXPECT_TRUE(certs::as_text(*mended).starts_with("subject=a\n-----BEGIN CERTIFICATE-----\n"));
    EXPECT_TRUE(certs::as_text(*mended).ends_with("-----END CERTIFICATE-----\nlast"));
}

TEST(PemLines, EndWhereALineEndIsWrittenOutBeforeABlock) {
    const std::string pem = chain_text();

    const auto mended = certs::with_lines_mended("subject=a\\n" + replaced(pem, "\n", "\\n"));
    const auto indented = certs::with_lines_mended("  \t" + pem);

    ASSERT_TRUE(mended && indented);
    EXPECT_TRUE(certs::as_text(*mended).starts_with("subject=a\\n\n-----BEGIN CERTIFICATE-----\n"));
    EXPECT_EQ(certs::as_text(*indented), pem);
}

TEST(PemLines, InUtf16KeepEveryCharacterBetweenTheBlocks) {
    const std::string text = "\xff\xfe\x3d\xd8\x11\xdd\x3d\xd8!\0"s;

    const auto converted = certs::utf8_of_marked_utf16(certs::as_bytes(text));

    ASSERT_TRUE(converted);  // half of a pair stands for nothing
    EXPECT_EQ(certs::as_text(*converted), "\xf0\x9f\x94\x91\xef\xbf\xbd!");
}

/// What is not clear, and what is said of it.
TEST(PemLines, AreNamedWhereItIsNotClearWhatIsMeant) {
    const std::string pem = chain_text().substr(0, chain_text().find("-----BEGIN", 10));
    std::string odd = pem;
    odd[100] = '!';
    std::string dash = pem;
    dash.replace(100, 1, "\xe2\x80\x94");
    const struct {
        const char* name;
        std::string text;
        std::string_view says;
    } kTexts[] = {
        {"text before BEGIN", "first\nsee " + replaced(pem, "\n", " "),
         "line 2 has text before its BEGIN"},
        {"quotes", "a = \"" + replaced(pem, "\n", "\\n") + "\"",
         "line 1 has text before its BEGIN"},
        {"JSON", "{\"a\": \"" + replaced(pem, "\n", "\\n") + "\"}", "acme.pem is JSON. Take what"},
        {"a damaged block behind its text", "Certificate:\n    Data:\n" + odd,
         "line 5 has the character '!', which base64 has not"},
        {"a BEGIN without its dashes", replaced(pem, "CERTIFICATE-----\n", "CERTIFICATE\n"),
         "line 1 has a BEGIN without a name and five dashes behind it"},
        {"half a header",
         "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nAAAA\n"
         "-----END RSA PRIVATE KEY-----\n",
         "line 3 lacks the field DEK-Info:"},
        {"another character", odd, "line 3 has the character '!', which base64 has not"},
        {"a character beyond ASCII", dash, "line 3 has a character that base64 has not"},
        {"two in one", replaced(pem, "-----END", "AA==AA\n-----END"),
         "goes on behind the end of its base64"},
    };
    for (const auto& [name, text, says] : kTexts) {
        const auto content = certs::read_pem(certs::as_bytes(text), "acme.pem");

        ASSERT_FALSE(content) << name;
        EXPECT_EQ(content.error().code, LoadErrorCode::malformed) << name;
        EXPECT_NE(content.error().message().find(says), std::string::npos)
            << name << ": " << content.error().message();
    }
}

}  // namespace
}  // namespace countersign::tests
