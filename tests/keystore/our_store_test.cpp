// Stores that we write, opened by the real keytool and the real openssl. A row that a tool cannot
// open is a row of its own, which holds what the tool says.
#include <gtest/gtest.h>

#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

const std::vector<std::string> kKinds{"rsa-2048", "ec-p256", "ec-p384", "ec-p521", "ed25519"};
constexpr std::string_view kNonAscii = "pässwörd€";

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// How often the text occurs.
std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// A store with a key of every kind, each under its kind's name, and one trusted certificate.
void fill(const User& user, const std::string& store) {
    for (const std::string& kind : kKinds) {
        user.must({"generate", store, "--alias", kind, "--subject", "CN=" + kind, "--key", kind});
    }
    user.files().write("root.crt", Ca::root("Trusted Root").certificate_pem());
    user.must({"import", store, "root.crt", "--trusted"});
}

/// The SHA-256 fingerprint of an entry as keytool writes it.
std::string fingerprint(const User& user, const std::string& store, const std::string& alias) {
    const std::string listed = user.must({"list", store, "--alias", alias});
    const std::string digits = listed.substr(listed.find("SHA-256") + 9, 64);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        text += text.empty() ? "" : ":";
        for (const char c : digits.substr(i, 2)) text += static_cast<char>(std::toupper(c));
    }
    return text;
}

class OurStore : public testing::TestWithParam<const char*> {
protected:
    std::string store() const { return std::string{"store."} + GetParam(); }
    std::string keytool() const { return "keytool -keystore " + store() + " "; }

    User user_;
};

TEST_P(OurStore, IsListedByKeytoolWithEveryKindOfKeyAndTheTrustedCertificate) {
    fill(user_, store());

    const Ended listed = user_.shell(keytool() + "-list -storepass:file pw");

    ASSERT_EQ(listed.status, 0) << listed.output;
    EXPECT_TRUE(has(listed.output, "Your keystore contains 6 entries")) << listed.output;
    EXPECT_EQ(count(listed.output, "PrivateKeyEntry"), kKinds.size());
    EXPECT_TRUE(has(listed.output, "trusted-root, ")) << listed.output;
    EXPECT_EQ(count(listed.output, "trustedCertEntry"), 1u);
    for (const std::string& kind : kKinds) {
        EXPECT_TRUE(has(listed.output, fingerprint(user_, store(), kind))) << kind;
    }
}

TEST_P(OurStore, HasItsKeysOpenedByKeytoolWhichWritesThemAnew) {
    fill(user_, store());

    const Ended copied = user_.shell(
        "keytool -importkeystore -noprompt -srckeystore " + store() +
        " -srcstorepass:file pw -destkeystore copy.p12 -deststorepass:file pw"
    );

    ASSERT_EQ(copied.status, 0) << copied.output << copied.errors;
    // Every key signs for its certificate: what a damaged one would not.
    EXPECT_EQ(user_.keystore({"lint", "copy.p12", "--password-file", "pw"}).status, 0);
    for (const std::string& kind : kKinds) {
        EXPECT_EQ(fingerprint(user_, "copy.p12", kind), fingerprint(user_, store(), kind));
    }
}

TEST_P(OurStore, IsChangedByKeytoolAndReadAgain) {
    user_.must({"generate", store(), "--alias", "Ours", "--subject", "CN=ours", "--key", "ec"});

    const Ended added = user_.shell(
        keytool() + "-genkeypair -alias theirs -keyalg EC -dname CN=theirs -storepass:file pw"
    );
    ASSERT_EQ(added.status, 0) << added.output << added.errors;
    user_.must({"generate", store(), "--alias", "third", "--subject", "CN=3", "--key", "ec"});
    user_.must({"delete", store(), "--alias", "ours"});
    const Ended listed = user_.shell(keytool() + "-list -storepass:file pw");

    EXPECT_TRUE(has(listed.output, "contains 2 entries")) << listed.output;
    EXPECT_TRUE(has(listed.output, "theirs, ")) << listed.output;
    EXPECT_EQ(user_.keystore({"lint", store(), "--password-file", "pw"}).status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Containers, OurStore, testing::Values("jks", "jceks", "p12"),
    [](const auto& test) { return test.param; }
);

class OurPassword : public testing::Test {
protected:
    Ended generate(const std::string& store, const std::string& more) const {
        return user_.shell(
            countersign_binary() + " keystore generate " + store +
            " --alias a --subject CN=a --key ec " + more
        );
    }

    User user_;
};

TEST_F(OurPassword, OfAKeyAloneOpensTheKeyInKeytoolForJksAndJceks) {
    user_.files().write("key-pw", "another-42");
    for (const char* store : {"a.jks", "a.jceks"}) {
        ASSERT_EQ(generate(store, "--password-file pw --key-password-file key-pw").status, 0);
        const std::string request = std::string{"keytool -certreq -alias a -keystore "} + store +
                                    " -storepass:file pw -keypass:file ";

        EXPECT_EQ(user_.shell(request + "key-pw").status, 0) << store;
        EXPECT_NE(user_.shell(request + "pw").status, 0) << store;
    }
}

TEST_F(OurPassword, OfAKeyAloneIsRefusedForPkcs12WhichNoToolOpens) {
    user_.files().write("key-pw", "another-42");

    const Ended refused = generate("a.p12", "--password-file pw --key-password-file key-pw");

    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.errors, "has one password for the file and its keys"));
}

TEST_F(OurPassword, BeyondAsciiOpensJksInKeytool) {
    user_.files().write("pw", kNonAscii);
    ASSERT_EQ(generate("a.jks", "--password-file pw").status, 0);

    const Ended opened =
        user_.shell("keytool -certreq -alias a -keystore a.jks -storepass:file pw");

    EXPECT_EQ(opened.status, 0) << opened.output;
}

TEST_F(OurPassword, BeyondAsciiOpensPkcs12InOpensslAndNotInKeytoolWhichIsNoted) {
    user_.files().write("pw", kNonAscii);

    const Ended made = generate("a.p12", "--password-file pw");

    ASSERT_EQ(made.status, 0) << made.errors;
    EXPECT_TRUE(has(made.errors, "Java does not open PKCS#12 with such a one")) << made.errors;
    EXPECT_EQ(user_.shell("openssl pkcs12 -in a.p12 -passin file:pw -noenc -out a.pem").status, 0);
    EXPECT_NE(user_.shell("keytool -list -keystore a.p12 -storepass:file pw").status, 0);
}

TEST_F(OurPassword, BeyondAsciiIsRefusedForJceksWhichKeytoolRefusesToo) {
    user_.files().write("pw", kNonAscii);

    const Ended ours = generate("a.jceks", "--password-file pw");
    const Ended theirs = user_.shell(
        "keytool -genkeypair -alias a -keyalg EC -dname CN=a -storetype JCEKS -keystore b.jceks "
        "-storepass:file pw"
    );

    EXPECT_EQ(ours.status, 1);
    EXPECT_TRUE(has(ours.errors, "JCEKS takes only passwords in ASCII")) << ours.errors;
    EXPECT_NE(theirs.status, 0);
    EXPECT_TRUE(has(theirs.output, "not ASCII")) << theirs.output;
}

TEST_F(OurPassword, ThatIsTooShortIsRefusedByKeytoolAndByUs) {
    user_.files().write("pw", "five5");

    const Ended ours = generate("a.jks", "--password-file pw");
    const Ended theirs = user_.shell(
        "keytool -genkeypair -alias a -keyalg EC -dname CN=a -keystore b.jks -storepass:file pw"
    );

    EXPECT_EQ(ours.status, 1);
    EXPECT_TRUE(has(ours.errors, "shorter than six characters")) << ours.errors;
    EXPECT_TRUE(has(theirs.output, "at least 6 characters")) << theirs.output;
}

TEST_F(OurPassword, ThatIsAbsentOpensPkcs12AndPemInOpensslAndIsRefusedForJavasContainers) {
    ASSERT_EQ(generate("a.p12", "--no-password").status, 0);
    ASSERT_EQ(generate("a.pem", "--no-password").status, 0);

    const Ended opened = user_.shell("openssl pkcs12 -in a.p12 -passin pass: -noenc");

    EXPECT_EQ(opened.status, 0) << opened.errors;
    EXPECT_TRUE(has(opened.output, "BEGIN PRIVATE KEY")) << opened.output;
    EXPECT_EQ(user_.shell("openssl pkey -in a.pem -noout").status, 0);
    for (const char* store : {"a.jks", "a.jceks"}) {
        const Ended refused = generate(store, "--no-password");
        EXPECT_EQ(refused.status, 1);
        EXPECT_TRUE(has(refused.errors, "is never without a password")) << refused.errors;
    }
}

TEST_F(OurPassword, ThatIsAbsentGivesKeytoolNoKeySinceItReadsNoneInTheClear) {
    ASSERT_EQ(generate("a.p12", "--no-password").status, 0);

    const Ended listed = user_.shell("keytool -list -keystore a.p12 -storepass whatever");

    EXPECT_FALSE(has(listed.output, "PrivateKeyEntry")) << listed.output;
}

class OurKey : public testing::TestWithParam<const char*> {};

TEST_P(OurKey, IsReadByOpensslFromPkcs12AndPem) {
    const User user;
    user.must({"generate", "a.p12", "--alias", "a", "--subject", "CN=a", "--key", GetParam()});
    user.must({"convert", "a.p12", "a.pem"});

    const Ended p12 = user.shell(
        "openssl pkcs12 -in a.p12 -passin file:pw -noenc -out all.pem && "
        "openssl pkey -in all.pem -pubout -out key.pub && openssl x509 -in all.pem -noout -pubkey "
        "| "
        "cmp - key.pub"
    );
    const Ended pem = user.shell("openssl pkey -in a.pem -passin file:pw -pubout | cmp - key.pub");
    const Ended names = user.shell("grep -c 'friendlyName: a$' all.pem");

    EXPECT_EQ(p12.status, 0) << p12.errors;
    EXPECT_EQ(pem.status, 0) << pem.errors;
    EXPECT_EQ(names.output, "2\n");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OurKey,
    testing::Values("rsa-2048", "rsa-4096", "ec-p256", "ec-p384", "ec-p521", "ed25519"),
    [](const auto& test) {
        std::string name = test.param;
        std::erase(name, '-');
        return name;
    }
);

// More of them than are opened where a store is looked at.
TEST(OurPkcs12, OfSixtyKeysIsReplacedByTheSameKeysAndByNoFewer) {
    const User user;
    for (int i = 0; i < 60; ++i) {
        const std::string name = "key" + std::to_string(i);
        user.must(
            {"generate", "many.jks", "--alias", name, "--subject", "CN=" + name, "--key", "ec"}
        );
    }
    user.must({"convert", "many.jks", "many.p12"});

    user.must({"convert", "many.jks", "many.p12", "--replace"});

    user.must({"delete", "many.jks", "--alias", "key59"});
    const std::string before = read_bytes(user / "many.p12");
    const Ended refused =
        user.keystore({"convert", "many.jks", "many.p12", "--replace", "--password-file", "pw"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(
        refused.errors.find("holds what would be lost: the private key under the alias key59."),
        std::string::npos
    ) << refused.errors;
    EXPECT_EQ(read_bytes(user / "many.p12"), before);
}

TEST(OurPkcs12, IsEncryptedTheModernWay) {
    const User user;
    user.must({"generate", "a.p12", "--alias", "a", "--subject", "CN=a", "--key", "ec"});

    const Ended info = user.shell("openssl pkcs12 -in a.p12 -passin file:pw -info -noout 2>&1");

    EXPECT_TRUE(has(info.output, "MAC: sha256, Iteration 100000")) << info.output;
    EXPECT_EQ(
        count(info.output, "PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256"), 2u
    ) << info.output;
}

}  // namespace
}  // namespace countersign::tests
