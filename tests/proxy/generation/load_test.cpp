#include "proxy/generation/load.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::generation {
namespace {

/// What is found only where the files that a configuration names are opened: every problem in its
/// own words, with the place in the configuration that it comes from.
constexpr const char* kNotSet =
    "the environment variable COUNTERSIGN_TEST_MISSING is not set for this process. Check its "
    "name, and that the shell exports it; or set it where countersign is started: sudo does not "
    "pass on what a shell has, and a systemd unit has only what its own Environment= and "
    "EnvironmentFile= say.\n";

class Load : public testing::Test {
protected:
    Load() {
        ::setenv("COUNTERSIGN_TEST_EMPTY", "", 1);
        ::unsetenv("COUNTERSIGN_TEST_MISSING");
    }

    /// One problem in a line, without the directory's name.
    std::string problems_of(const std::string& yaml) const {
        const auto loaded = load(directory_.write("c.yaml", yaml));
        if (loaded) return "no problem";
        std::string text;
        for (const std::string& line : loaded.error().lines) text += line + "\n";
        return std::regex_replace(text, std::regex{directory_.path().string() + "/"}, "");
    }

    tests::TempDir directory_;
    tests::Ca ca_ = tests::Ca::root("Root");
};

TEST_F(Load, TellsWhatIsWrongWithAKeyStore) {
    const tests::Issued issued = ca_.issue({.common_name = "acme", .client_auth = true});
    directory_.write("acme.p12", issued.pkcs12("changeit", "acme"));
    directory_.write("acme.crt", issued.certificate_pem());
    directory_.write("other.key", ca_.issue({.common_name = "other"}).key_pem());

    EXPECT_EQ(
        problems_of("certificates:\n"
                    "  - { name: a, type: pkcs12_key_store, file: acme.p12, password: { env: "
                    "COUNTERSIGN_TEST_MISSING } }\n"
                    "  - name: b\n"
                    "    type: pem_key_store\n"
                    "    file: acme.crt\n"
                    "    key: other.key\n"
                    "  - { name: c, type: trust_store_cert, file: other.key }\n"),
        "c.yaml:2:5: certificate record 'a': " + std::string{kNotSet} +
            "c.yaml:3:5: certificate record 'b': the private key in other.key does not belong to "
            "the certificate in acme.crt (CN=acme). Name under `key` the private key with which "
            "the certificate was requested, or under `file` the certificate that was issued for "
            "other.key.\n"
            "c.yaml:7:5: certificate record 'c': other.key gives no certificate: it is PEM and "
            "holds "
            "only a private key; name the certificate of the server's authority.\n"
    );
}

TEST_F(Load, TellsWhatIsWrongWithAClientsPassword) {
    directory_.write("empty", "\n");
    directory_.write("long", std::string(900, 'x'));

    EXPECT_EQ(
        problems_of("clients:\n"
                    "  - { name: a, password: { env: COUNTERSIGN_TEST_MISSING } }\n"
                    "  - { name: b, password: { file: empty } }\n"
                    "  - { name: c, password: { file: long } }\n"
                    "  - { name: d, password: { credential: none } }\n"),
        "c.yaml:2:26: client 'a': " + std::string{kNotSet} +
            "c.yaml:3:26: client 'b': its password is empty; give it one\n"
            "c.yaml:4:26: client 'c': its password is too long for a request's field\n"
            "c.yaml:5:26: client 'd': credential none cannot be read: CREDENTIALS_DIRECTORY is not "
            "set; "
            "systemd sets it for a unit with LoadCredential= or LoadCredentialEncrypted=.\n"
    );
}

TEST_F(Load, TellsWhatIsWrongWithTheValueOfARequestsField) {
    directory_.write("lines", "one\r\nX-Injected: hunter2\n");
    directory_.write("empty", " \n");

    EXPECT_EQ(
        problems_of("profiles:\n"
                    "  - name: p\n"
                    "    request_headers:\n"
                    "      set:\n"
                    "        X-Lines: { file: lines }\n"
                    "        X-Empty: { file: empty }\n"
                    "        X-Missing: { env: COUNTERSIGN_TEST_MISSING }\n"
                    "        X-Text: \"\"\n"),
        "c.yaml:5:18: profile 'p': request_headers.set.X-Lines: its value holds a line end or a "
        "control character\n"
        "c.yaml:6:18: profile 'p': request_headers.set.X-Empty: its value is empty where it comes "
        "from\n"
        "c.yaml:7:20: profile 'p': request_headers.set.X-Missing: " +
            std::string{kNotSet}
    );
}

TEST_F(Load, SaysThatStoresWereNotOpenedOnlyWhereThereAreSome) {
    const auto hint = [&](const std::string& yaml) {
        const auto loaded = load(directory_.write("c.yaml", yaml));
        return loaded ? "loaded" : std::string{loaded.error().hint};
    };
    const std::string sound = "certificates: [{ name: a, type: trust_store_cert, file: c.yaml }]\n";
    const std::string gone =
        "certificates: [{ name: a, type: trust_store_cert, file: c.yaml, active: false }]\n";

    EXPECT_EQ(
        hint(sound + "workers: none\n"),
        "key stores and trust stores are opened when the configuration is right"
    );
    EXPECT_EQ(hint("workers: none\n"), "");
    EXPECT_EQ(hint(gone + "workers: none\n"), "");
    EXPECT_EQ(hint("certificates: [{ name: a, type: trust_store_cert, file: absent }]\n"), "");
    EXPECT_EQ(hint("workers: [\n"), "");
}

/// What everybody may read, told once each.
TEST_F(Load, WarnsOfSecretsThatEverybodyMayRead) {
    const tests::Issued issued = ca_.issue({.common_name = "acme", .client_auth = true});
    directory_.write("acme.crt", issued.certificate_pem());
    directory_.write("acme.key", issued.key_pem("changeit"));
    directory_.write("key-password", "changeit\n");
    directory_.write("acme.p12", issued.pkcs12("changeit", "acme"));
    directory_.write("ca.crt", ca_.certificate_pem());
    directory_.write("password", "changeit\n");
    directory_.write("billing", "hunter2\n");
    directory_.write("api-key", "hunter2\n");
    const auto file = directory_.write(
        "c.yaml",
        "certificates:\n"
        "  - { name: a, type: pkcs12_key_store, file: acme.p12, password: { file: password } }\n"
        "  - { name: b, type: pkcs12_key_store, file: acme.p12, password: { file: password } }\n"
        "  - { name: c, type: pem_key_store, file: acme.crt, chain: ca.crt, key: acme.key, "
        "key_password: { file: key-password } }\n"
        "  - { name: ca, type: trust_store_cert, file: ca.crt }\n"
        "clients: [{ name: billing, password: { file: billing } }]\n"
        "profiles:\n"
        "  - name: p\n"
        "    request_headers: { set: { X-Key: { file: api-key } } }\n"
        "console: { users: { file: users } }\n"
    );
    directory_.write("users", "# nobody\n");
    const auto warnings = [&] {
        const auto loaded = load(file);
        EXPECT_TRUE(loaded);
        std::string text;
        for (const std::string& one : (*loaded)->warnings()) text += one + "\n";
        return std::regex_replace(text, std::regex{directory_.path().string() + "/"}, "");
    };
    for (const char* name :
         {"acme.p12", "acme.key", "key-password", "password", "billing", "api-key", "users"}) {
        std::filesystem::permissions(directory_ / name, std::filesystem::perms{0604});
    }

    EXPECT_EQ(warnings(), "") << "nobody else gets into the directory";
    std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
    const std::string open = warnings();
    std::filesystem::permissions(directory_.path(), std::filesystem::perms{0700});

    const std::string says = ", and every user of this machine can read it (mode 0604): ";
    const std::regex remedy{"(chmod|chown) [^\n]*"};
    EXPECT_EQ(
        std::regex_replace(open, remedy, ""),
        "c.yaml:2:5: acme.p12 holds a private key" + says + "\n" +
            "c.yaml:2:5: password holds the password of a key store" + says + "\n" +
            "c.yaml:4:5: acme.key holds a private key" + says + "\n" +
            "c.yaml:4:5: key-password holds the password of a private key" + says + "\n" +
            "c.yaml:9:38: api-key holds the value of a request's field" + says + "\n" +
            "c.yaml:6:38: billing holds a client's password" + says + "\n" +
            "c.yaml:10:19: users holds passwords of the console's users" + says + "\n"
    );
}

TEST_F(Load, WarnsOfAConfigurationThatRefusesEverything) {
    const auto warnings = [&](const std::string& yaml) {
        const auto loaded = load(directory_.write("c.yaml", yaml));
        return loaded ? (*loaded)->warnings() : std::vector<std::string>{"not loaded"};
    };

    EXPECT_EQ(
        warnings("profiles: []\n"),
        std::vector<std::string>{
            "there are no profiles, so every request is refused; add one, such as profiles: [{ "
            "name: partner, hosts: [api.partner.example] }]"}
    );
    EXPECT_EQ(warnings("unmatched: tunnel_connect\n"), std::vector<std::string>{});
}

/// To try a record whose profile does not have it yet.
TEST_F(Load, GivesTheTlsOfAProfileWithAnotherIdentity) {
    for (const std::string name : {"acme", "next"}) {
        const tests::Issued issued = ca_.issue({.common_name = name, .client_auth = true});
        directory_.write(name + ".crt", issued.certificate_pem());
        directory_.write(name + ".key", issued.key_pem());
    }
    directory_.write("ca.crt", ca_.certificate_pem());
    const auto loaded = load(directory_.write(
        "c.yaml",
        "certificates:\n"
        "  - { name: acme, type: pem_key_store, file: acme.crt, key: acme.key }\n"
        "  - { name: next, type: pem_key_store, file: next.crt, key: next.key }\n"
        "  - { name: ca, type: trust_store_cert, file: ca.crt }\n"
        "profiles:\n"
        "  - { name: partner, key_store: acme, trust: [ca], tls: { min_version: 1.3 } }\n"
    ));
    ASSERT_TRUE(loaded);
    const tls::TlsContext& tls = *(*loaded)->route(0).tls;

    const auto other = (*loaded)->tls_with(tls, "next");
    const auto unknown = (*loaded)->tls_with(tls, "ca");

    ASSERT_TRUE(other) << other.error();
    EXPECT_EQ((*other)->identity()->subject(), "CN=next");
    EXPECT_EQ((*other)->rules(), tls.rules());
    EXPECT_EQ(&(*other)->trust(), &tls.trust());
    ASSERT_FALSE(unknown);
    EXPECT_EQ(
        unknown.error(),
        "no active key store of that name stands under certificates in the configuration"
    );
}

}  // namespace
}  // namespace countersign::proxy::generation
