#include "proxy/generation/load.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>

#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::generation {
namespace {

/// What is found only where the files that a configuration names are opened: every problem in its
/// own words, with the place in the configuration that it comes from.
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
        "c.yaml:2:5: certificate record 'a': environment variable COUNTERSIGN_TEST_MISSING cannot "
        "be "
        "read: it is not set. Check the name, and that this process may read it.\n"
        "c.yaml:3:5: certificate record 'b': other.key has a private key that does not belong to "
        "the certificate: the key fits none of CN=acme. Use the certificate that was issued for "
        "this key, or the key that was used to request it.\n"
        "c.yaml:7:5: certificate record 'c': other.key gives no certificate: it is PEM and holds "
        "only a private key.\n"
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
        "c.yaml:2:26: client 'a': environment variable COUNTERSIGN_TEST_MISSING cannot be read: it "
        "is not set. Check the name, and that this process may read it.\n"
        "c.yaml:3:26: client 'b': its password is empty; give it one\n"
        "c.yaml:4:26: client 'c': its password is too long for a request's field\n"
        "c.yaml:5:26: client 'd': credential none cannot be read: CREDENTIALS_DIRECTORY is not "
        "set; "
        "systemd sets it for a unit with LoadCredential= or LoadCredentialEncrypted=. Check the "
        "name, and that this process may read it.\n"
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
        "c.yaml:7:20: profile 'p': request_headers.set.X-Missing: environment variable "
        "COUNTERSIGN_TEST_MISSING cannot be read: it is not set. Check the name, and that this "
        "process may read it.\n"
    );
}

TEST_F(Load, TellsWhatOpensslRefuses) {
    const tests::Issued weak =
        ca_.issue({.common_name = "weak", .client_auth = true, .key_kind = tests::KeyKind::rsa_1024}
        );
    directory_.write("weak.pem", weak.certificate_pem() + weak.key_pem());

    EXPECT_EQ(
        problems_of("certificates: [{ name: weak, type: pem_key_store, file: weak.pem }]\n"
                    "profiles:\n"
                    "  - { name: p, key_store: weak }\n"),
        "c.yaml:3:5: profile 'p': OpenSSL refuses its key store or TLS rules: ee key too small\n"
    );
}

}  // namespace
}  // namespace countersign::proxy::generation
