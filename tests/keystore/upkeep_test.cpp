#include <gtest/gtest.h>

#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A store in each container that has aliases, with a key under "first" that an authority signed.
class Upkeep : public testing::Test {
protected:
    Upkeep() {
        user_.files().write("root.pem", root_.certificate_pem());
        user_.files().write("other.pem", Ca::root("Other").certificate_pem());
        user_.files().write("issuing.pem", issuing_.certificate_pem());
        user_.files().write("new", "another-42\n");
    }

    std::string make(const std::string& file) const {
        user_.must({"generate", file, "--alias", "first", "--subject", "CN=acme"});
        user_.must({"request", file, "--out", "csr", "--replace"});
        const Issued reply = user_.sign(issuing_, "csr", "acme");
        user_.files().write("reply.pem", reply.certificate_pem());
        user_.must({"import", file, "reply.pem", "issuing.pem", "root.pem"});
        return file;
    }

    const User user_;
    const Ca root_ = Ca::root("Root");
    const Ca issuing_ = root_.intermediate("Issuing");
};

constexpr const char* kStores[] = {"a.jks", "a.jceks", "a.p12"};

TEST_F(Upkeep, RenamesAKeyAndATrustedCertificate) {
    for (const std::string file : kStores) {
        make(file);
        user_.must({"import", file, "other.pem", "--trusted", "--alias", "partner"});
        const std::string before = user_.must({"list", file, "--alias", "first"});

        const std::string key = user_.must({"rename", file, "--alias", "FIRST", "--to", "Second"});
        user_.must({"rename", file, "--alias", "partner", "--to", "partner-2026"});

        EXPECT_EQ(key, file + ": alias FIRST is now Second\n");
        std::string after = user_.must({"list", file, "--alias", "second"});
        after.replace(after.find("second: "), 6, "first");
        EXPECT_EQ(after, before) << file;
        EXPECT_TRUE(has(user_.must({"list", file, "--alias", "partner-2026"}), "CN=Other"));
        EXPECT_EQ(user_.keystore({"lint", file, "--password-file", "pw"}).status, 0);
        EXPECT_EQ(
            user_
                .run(
                    {"keytool", "-list", "-keystore", file, "-storepass:file", "pw", "-alias",
                     "second"}
                )
                .status,
            0
        ) << file;
    }
}

TEST_F(Upkeep, RenamesOnlyWhereItIsClearWhatIsMeant) {
    for (const std::string file : kStores) {
        make(file);
        user_.must({"import", file, "other.pem", "--trusted", "--alias", "partner"});
        const auto refused = [&](std::vector<std::string> more) {
            std::vector<std::string> all{"rename", file, "--password-file", "pw"};
            all.insert(all.end(), more.begin(), more.end());
            const Ended ended = user_.keystore(all);
            EXPECT_EQ(ended.status, 1) << file;
            return ended.errors;
        };

        EXPECT_TRUE(has(refused({"--alias", "first", "--to", "Partner"}), "Partner"));
        EXPECT_TRUE(
            has(refused({"--alias", "none", "--to", "x"}), "has no entry under the alias none")
        );
        EXPECT_TRUE(has(refused({"--alias", "first"}), "--to its new name"));
    }
    user_.files().write("a.pem", root_.certificate_pem());
    const Ended pem = user_.keystore({"rename", "a.pem", "--alias", "a", "--to", "b"});
    EXPECT_TRUE(has(pem.errors, "a.pem is PEM, which has no aliases.")) << pem.errors;
}

TEST_F(Upkeep, ChangesThePasswordOfTheStoreAndOfItsKey) {
    for (const std::string file : {"a.jks", "a.jceks", "a.p12", "a.pem"}) {
        make(file);
        const std::string before = user_.must({"list", file});

        const std::string said = user_.must({"password", file, "--to-password-file", "new"});

        EXPECT_TRUE(has(said, file + ": has its new password, ")) << said;
        const Ended after = user_.keystore({"list", file, "--password-file", "new"});
        EXPECT_EQ(after.output, before) << file << after.errors;
        EXPECT_EQ(
            user_.keystore({"request", file, "--password-file", "new", "--out", "-"}).status, 0
        ) << file;
        EXPECT_EQ(
            user_.keystore({"request", file, "--password-file", "pw", "--out", "-"}).status, 1
        ) << file;
    }
}

TEST_F(Upkeep, TellsWhatAServerMakesOfTheChain) {
    for (const std::string file : {"a.jks", "a.jceks", "a.p12", "a.pem"}) {
        make(file);
        const auto verified = [&](std::vector<std::string> more) {
            std::vector<std::string> all{"verify", file, "--password-file", "pw"};
            all.insert(all.end(), more.begin(), more.end());
            return user_.keystore(all);
        };
        const std::string leaf = file == "a.pem" ? file : file + ", alias first";

        const Ended good = verified({"--trust", "root.pem"});
        const Ended partial = verified({"--trust", "issuing.pem"});
        const Ended bad = verified({"--trust", "other.pem"});
        const Ended json = verified({"--trust", "other.pem", "--json"});

        EXPECT_EQ(good.status, 0) << good.errors;
        EXPECT_EQ(
            good.output, leaf +
                             ": a server that trusts root.pem accepts 'CN=acme'\n"
                             "  issued by CN=Issuing\n  issued by CN=Root, which it trusts\n"
        );
        EXPECT_EQ(partial.status, 0);
        EXPECT_TRUE(has(partial.errors, "want the root among what they trust")) << partial.errors;
        EXPECT_EQ(bad.status, 1);
        EXPECT_EQ(
            bad.output, leaf +
                            ": a server that trusts other.pem refuses 'CN=acme': 'CN=Root', which "
                            "signs itself, is not trusted\n"
        );
        EXPECT_EQ(json.status, 1);
        EXPECT_TRUE(has(json.output, "\"accepted\":false")) << json.output;
    }
    EXPECT_EQ(user_.keystore({"verify", "a.pem"}).status, 1);
}

TEST_F(Upkeep, FindsWhatAServerWouldRefuse) {
    const auto reason = [&](const Issued& client, const std::string& beside) {
        user_.files().write("c.pem", client.certificate_pem() + beside);
        return user_.keystore({"verify", "c.pem", "--trust", "root.pem"}).output;
    };
    const std::string above = issuing_.certificate_pem();

    EXPECT_TRUE(
        has(reason(issuing_.issue({.common_name = "c", .client_auth = true}), ""),
            "the issuer of 'CN=c', 'CN=Issuing', is neither sent nor trusted")
    );
    EXPECT_TRUE(
        has(reason(
                issuing_.issue(
                    {.common_name = "c",
                     .not_before = std::chrono::hours{-9},
                     .not_after = std::chrono::hours{-2},
                     .client_auth = true}
                ),
                above
            ),
            "'CN=c' expired on 20")
    );
    EXPECT_TRUE(
        has(reason(issuing_.issue({.common_name = "c", .server_auth = true}), above),
            "'CN=c' is not for clients")
    );
    EXPECT_TRUE(has(
        reason(
            issuing_.issue({.common_name = "c", .client_auth = true, .key_kind = KeyKind::rsa_1024}
            ),
            above
        ),
        "'CN=c' is for a key of RSA 1024 bits, which today's servers refuse"
    ));
}

TEST_F(Upkeep, LintsWhatCanBeReadOnce) {
    make("a.pem");

    const Ended linted =
        user_.shell("'" + countersign_binary() + "' keystore lint --password-file pw <(cat a.pem)");

    EXPECT_EQ(linted.status, 0) << linted.output << linted.errors;
    EXPECT_TRUE(has(linted.output, ": nothing found\n")) << linted.output << linted.errors;
}

}  // namespace
}  // namespace countersign::tests
