// What lint tells people to type, typed.

#include <gtest/gtest.h>

#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

/// The first command in what lint says, from there on, to be read by a shell.
std::string command_in(const std::string& text, std::size_t from = 0) {
    const std::string name = "`countersign ";
    const std::size_t begin = text.find(name, from);
    if (begin == std::string::npos) return {};
    const std::size_t end = text.find('`', begin + 1);
    return countersign_binary() +
           text.substr(begin + name.size() - 1, end - begin - name.size() + 1);
}

class Remedy : public testing::Test {
protected:
    /// PEM has no password; that of the others stands in no remedy.
    static std::string password_of(const std::string& store) {
        return store.ends_with(".pem") ? "" : " --password-file pw";
    }
    Ended lint(const std::string& store) const {
        return user_.shell(
            countersign_binary() + " keystore lint '" + store + "'" + password_of(store)
        );
    }
    /// `password`: what would be asked for at a terminal.
    Ended follow(const Ended& linted, const std::string& password) const {
        return user_.shell(command_in(linted.output) + password);
    }
    Issued client(const std::string& name) const {
        return issuing_.issue(
            {.common_name = name, .not_after = std::chrono::hours{24 * 90}, .client_auth = true}
        );
    }

    User user_;
    Ca issuing_ = Ca::root("Root").intermediate("Issuing");
};

TEST_F(Remedy, OfAMissingIssuerCompletesAStoreOfEachKind) {
    Issued alone = client("client");
    alone.chain.clear();
    user_.files().write("one.pem", alone.certificate_pem() + alone.key_pem());
    user_.files().write("two words.p12", alone.pkcs12(User::kPassword, "acme"));
    user_.must({"convert", "two words.p12", "three.jks"});
    user_.files().write("ISSUER.crt", issuing_.certificate_pem());

    for (const std::string store : {"one.pem", "two words.p12", "three.jks"}) {
        SCOPED_TRACE(store);
        const Ended incomplete = lint(store);
        const Ended followed = follow(incomplete, password_of(store));
        const Ended complete = lint(store);

        EXPECT_NE(incomplete.output.find("ISSUER.crt"), std::string::npos) << incomplete.output;
        EXPECT_EQ(followed.status, 0) << command_in(incomplete.output) << followed.errors;
        EXPECT_EQ(complete.output, store + ": nothing found\n");
    }
}

TEST_F(Remedy, OfATurnedChainPutsItInOrder) {
    const Issued turned = client("client");
    user_.files().write(
        "turned.pem", issuing_.certificate_pem() + turned.certificate_pem() + turned.key_pem()
    );

    const Ended followed = follow(lint("turned.pem"), " --no-password");

    EXPECT_EQ(followed.status, 0) << followed.errors;
    EXPECT_EQ(lint("NEW.pem").output, "NEW.pem: nothing found\n");
}

TEST_F(Remedy, OfAnExpiredCertificateRenewsIt) {
    const Issued old = issuing_.issue(
        {.common_name = "old",
         .not_before = std::chrono::hours{-9},
         .not_after = std::chrono::hours{-2},
         .client_auth = true}
    );
    user_.files().write("old.pem", old.chain_pem() + old.key_pem());
    user_.files().write("two words.p12", old.pkcs12(User::kPassword, "acme"));
    user_.must({"convert", "two words.p12", "three.jks"});

    for (const std::string store : {"old.pem", "two words.p12", "three.jks"}) {
        SCOPED_TRACE(store);
        user_.shell("rm -f NEW.csr REPLY");
        const Ended expired = lint(store);
        const std::size_t second = expired.output.find("take its reply in");

        const Ended requested = follow(expired, password_of(store));
        ASSERT_EQ(requested.status, 0) << requested.errors;
        user_.files().write("REPLY", user_.sign(issuing_, "NEW.csr", "old").chain_pem());
        const Ended imported = user_.shell(command_in(expired.output, second) + password_of(store));

        EXPECT_NE(expired.output.find("expired on"), std::string::npos) << expired.output;
        EXPECT_EQ(imported.status, 0) << imported.errors;
        EXPECT_EQ(lint(store).output, store + ": nothing found\n");
    }
}

TEST_F(Remedy, OfAServersCertificateRequestsOneForClients) {
    const Issued web = issuing_.issue(
        {.common_name = "web",
         .dns_names = {"web.example"},
         .not_after = std::chrono::hours{24 * 90},
         .server_auth = true}
    );
    user_.files().write("web.pem", web.chain_pem() + web.key_pem());
    user_.files().write("web.p12", web.pkcs12(User::kPassword, "acme"));

    for (const std::string store : {"web.pem", "web.p12"}) {
        SCOPED_TRACE(store);
        user_.shell("rm -f NEW.csr");

        const Ended followed = follow(lint(store), password_of(store));
        const Ended requested = user_.shell("openssl req -in NEW.csr -noout -text");

        EXPECT_EQ(followed.status, 0) << followed.errors;
        EXPECT_NE(requested.output.find("TLS Web Client Authentication"), std::string::npos)
            << requested.output;
        EXPECT_EQ(requested.output.find("TLS Web Server Authentication"), std::string::npos);
    }
}

}  // namespace
}  // namespace countersign::tests
