// Stores that the real keytool and the real openssl write, opened and changed by us.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kNonAscii = "pässwörd€";

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Whether we open every key of a store and each signs for its certificate; and the store, carried
/// into another container, still does.
void expect_usable(const User& user, const std::string& store, const std::string& more = "") {
    const std::string countersign = countersign_binary() + " keystore ";
    for (const std::string& line :
         {"lint " + store + " --password-file pw",
          "convert " + store +
              " all.jks --replace "
              "--password-file pw --to-password-file to-pw",
          std::string{"lint all.jks --password-file to-pw"}}) {
        const bool on_store = line.find(store) != std::string::npos;
        const Ended ended = user.shell(countersign + line + (on_store ? " " + more : ""));
        EXPECT_EQ(ended.status, 0) << line << ": " << ended.errors << ended.output;
        EXPECT_FALSE(has(ended.output, "not opened")) << ended.output;
    }
}

class KeytoolStore : public testing::TestWithParam<const char*> {
protected:
    KeytoolStore() { user_.files().write("to-pw", "sesame-43"); }

    Ended keytool(const std::string& arguments) const {
        return user_.shell(
            "keytool -keystore store -storetype " + std::string{GetParam()} +
            " -storepass:file pw " + arguments
        );
    }
    void must(const std::string& arguments) const {
        const Ended ended = keytool(arguments);
        ASSERT_EQ(ended.status, 0) << arguments << ": " << ended.output;
    }
    bool is(std::string_view container) const { return GetParam() == container; }

    User user_;
};

TEST_P(KeytoolStore, GivesEveryKindOfKeyAndTheTrustedCertificate) {
    user_.files().write("root.crt", Ca::root("Trusted Root").certificate_pem());
    must("-genkeypair -alias rsa -keyalg RSA -keysize 2048 -dname CN=rsa");
    must("-genkeypair -alias p256 -keyalg EC -groupname secp256r1 -dname CN=p256");
    must("-genkeypair -alias p384 -keyalg EC -groupname secp384r1 -dname CN=p384");
    must("-genkeypair -alias p521 -keyalg EC -groupname secp521r1 -dname CN=p521");
    must("-genkeypair -alias ed -keyalg Ed25519 -dname CN=ed");
    must("-importcert -noprompt -alias root -file root.crt");

    const std::string listed = user_.must({"list", "store"});

    for (const char* part :
         {"6 entries", "rsa: private key", "RSA 2048", "p256: private key", "EC P-256", "EC P-384",
          "EC P-521", "ed: private key", "Ed25519", "root: trusted certificate",
          "CN=Trusted Root"}) {
        EXPECT_TRUE(has(listed, part)) << part << " is not in " << listed;
    }
    expect_usable(user_, "store");
}

// keytool tells the day alone, so the store is one of another day.
TEST_P(KeytoolStore, KeepsWhenItsEntriesWereMadeThroughAChangeOfOurs) {
    const std::filesystem::path data{CERTS_DATA};
    std::filesystem::copy_file(
        data / (is("JKS")     ? "several.jks"
                : is("JCEKS") ? "several.jceks"
                              : "java.p12"),
        user_ / "store"
    );
    user_.files().write("pw", "changeit");
    const auto created = [&](const std::string& alias) {
        const std::string listed = keytool("-list -v -alias " + alias).output;
        const std::size_t at = listed.find("Creation date");
        return at == std::string::npos ? listed : listed.substr(at, 30);
    };
    const std::string before = created("mydomain");
    ASSERT_TRUE(before.starts_with("Creation date")) << before;
    user_.must({"generate", "store", "--alias", "ours", "--subject", "CN=ours", "--key", "ec"});

    EXPECT_EQ(created("mydomain"), before);
    EXPECT_NE(created("ours"), before);
}

TEST_P(KeytoolStore, WithAPasswordOfTheKeysOwn) {
    user_.files().write("key-pw", "another-42");
    must("-genkeypair -alias a -keyalg EC -dname CN=a -keypass:file key-pw");

    // For PKCS12 keytool says that it ignores the key's password: then the store's opens it.
    expect_usable(user_, "store", "--key-password-file key-pw");
    const Ended without = user_.keystore({"request", "store", "--password-file", "pw"});
    EXPECT_EQ(without.status, is("PKCS12") ? 0 : 1) << without.errors;
}

TEST_P(KeytoolStore, UnderAPasswordBeyondAsciiWhichKeytoolGivesToJksAlone) {
    user_.files().write("pw", kNonAscii);

    const Ended made = keytool("-genkeypair -alias a -keyalg EC -dname CN=a");

    if (is("JKS")) {
        ASSERT_EQ(made.status, 0) << made.output;
        expect_usable(user_, "store");
    } else {
        EXPECT_NE(made.status, 0);
        EXPECT_TRUE(has(made.output, "not ASCII")) << made.output;
    }
}

TEST_P(KeytoolStore, IsNeverUnderAnEmptyPassword) {
    user_.files().write("pw", "");

    EXPECT_NE(keytool("-genkeypair -alias a -keyalg EC -dname CN=a").status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Containers, KeytoolStore, testing::Values("JKS", "JCEKS", "PKCS12"),
    [](const auto& test) { return test.param; }
);

struct OpensslRow {
    const char* name;
    const char* key;  ///< options of `openssl req -newkey`
    friend void PrintTo(const OpensslRow& row, std::ostream* out) { *out << row.name; }
};

class OpensslStore : public testing::TestWithParam<OpensslRow> {};

TEST_P(OpensslStore, IsOpenedUnderEveryKindOfPassword) {
    const User user;
    user.files().write("to-pw", "sesame-43");
    const Ended made = user.shell(
        "openssl req -x509 -newkey " + std::string{GetParam().key} +
        " -noenc -keyout key.pem -out crt.pem -subj /CN=a -days 90 "
        "-addext basicConstraints=critical,CA:false"
    );
    ASSERT_EQ(made.status, 0) << made.errors;
    const struct {
        const char* name;
        std::string_view password;
        const char* options;
    } kPasswords[] = {
        {"ASCII", "sesame-42", ""},
        {"beyond ASCII", kNonAscii, ""},
        {"empty", "", ""},
        {"neither encrypted nor a MAC", "", "-keypbe NONE -certpbe NONE -nomac"},
        {"old algorithms", "sesame-42", "-legacy"},
    };
    for (const auto& [name, password, options] : kPasswords) {
        SCOPED_TRACE(name);
        user.files().write("pw", password);
        const Ended exported = user.shell(
            std::string{"openssl pkcs12 -export -inkey key.pem -in crt.pem -name a -passout "
                        "file:pw -out a.p12 "} +
            options
        );
        // A file with nothing in it is no password to openssl: that is then typed.
        if (exported.status != 0) {
            const Ended again = user.shell(
                std::string{"openssl pkcs12 -export -inkey key.pem -in crt.pem -name a -passout "
                            "pass: -out a.p12 "} +
                options
            );
            ASSERT_EQ(again.status, 0) << again.errors;
        }
        expect_usable(user, "a.p12");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OpensslStore,
    testing::Values(
        OpensslRow{"RSA", "rsa:2048"},
        OpensslRow{"RSAPSS", "rsa-pss -pkeyopt rsa_keygen_bits:2048"},
        OpensslRow{"P256", "ec -pkeyopt ec_paramgen_curve:P-256"},
        OpensslRow{"P384", "ec -pkeyopt ec_paramgen_curve:P-384"},
        OpensslRow{"P521", "ec -pkeyopt ec_paramgen_curve:P-521"}, OpensslRow{"Ed25519", "ed25519"},
        OpensslRow{"Ed448", "ed448"}
    ),
    [](const auto& test) { return test.param.name; }
);

}  // namespace
}  // namespace countersign::tests
