#include <gtest/gtest.h>

#include "tests/keystore/user.hpp"
#include "tests/support/proxy_under_test.hpp"

namespace countersign::tests {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// `countersign check` of one profile with the client's certificate and one trusted certificate.
Ended check(
    const User& user, const Issued& client, const std::string& record = "",
    const std::string& option = "", const std::string& key_store = "key_store: acme, "
) {
    user.files().write("client.pem", client.chain_pem() + client.key_pem());
    user.files().write(
        "ca.pem", Ca::self_signed({.common_name = "server.example",
                                   .dns_names = {"server.example"},
                                   .not_after = std::chrono::hours{24 * 90},
                                   .server_auth = true})
                      .certificate_pem()
    );
    user.files().write(
        "c.yaml", "certificates:\n  - { name: acme, type: pem_key_store, file: client.pem" +
                      record +
                      " }\n  - { name: ca, type: trust_store_cert, file: ca.pem }\n"
                      "profiles: [{ name: one, hosts: [a.example], " +
                      key_store + "trust: [ca] }]\n"
    );
    return user.shell(std::string{countersign_binary()} + " check -c c.yaml " + option);
}

class Check : public testing::Test {
protected:
    Issued client(const CertificateSpec& spec) const { return issuing_.issue(spec); }

    User user_;
    Ca issuing_ = Ca::root("Root").intermediate("Issuing");
};

TEST_F(Check, SaysNothingOfAStoreThatIsRight) {
    const Ended ended = check(
        user_,
        client(
            {.common_name = "client", .not_after = std::chrono::hours{24 * 90}, .client_auth = true}
        )
    );

    EXPECT_EQ(ended.status, 0) << ended.output;
    EXPECT_FALSE(has(ended.output, "warning:") || has(ended.output, "problem:")) << ended.output;
}

TEST_F(Check, FailsForWhatAServerRefuses) {
    const Issued server_only = client(
        {.common_name = "client",
         .dns_names = {"c.example"},
         .not_after = std::chrono::hours{24 * 90},
         .server_auth = true}
    );

    const Ended ended = check(user_, server_only);

    EXPECT_EQ(ended.status, 1);
    EXPECT_TRUE(has(
        ended.output,
        "certificate record 'acme': client.pem: 'CN=client' is a server's certificate: it lacks"
    )) << ended.output;
    EXPECT_TRUE(has(ended.output, "clientAuth")) << ended.output;
}

TEST_F(Check, WarnsOfWhatSomeServersRefuse) {
    Issued alone = client(
        {.common_name = "client", .not_after = std::chrono::hours{24 * 90}, .client_auth = true}
    );
    alone.chain.clear();

    const Ended text = check(user_, alone);
    const Ended json = check(user_, alone, "", "--json");

    EXPECT_EQ(text.status, 0);
    EXPECT_TRUE(has(text.output, ": certificate record 'acme': client.pem: the chain is incomplete")
    ) << text.output;
    EXPECT_TRUE(has(json.output, "\"warnings\":[\"c.yaml:")) << json.output;
}

TEST_F(Check, SaysNothingOfAChainThatTheProfilesTrustCompletes) {
    Issued alone = client(
        {.common_name = "client", .not_after = std::chrono::hours{24 * 90}, .client_auth = true}
    );
    alone.chain.clear();
    user_.files().write("client.pem", alone.certificate_pem() + alone.key_pem());
    user_.files().write("issuing.pem", issuing_.certificate_pem());
    const std::string records =
        "certificates:\n"
        "  - { name: acme, type: pem_key_store, file: client.pem }\n"
        "  - name: issuing\n    type: trust_store_cert\n    file: issuing.pem\n"
        "    warn_before_expiry: 1h\n";
    const auto check_profiles = [&](const std::string& profiles) {
        user_.files().write("c.yaml", records + "profiles: [" + profiles + "]\n");
        return user_.shell(std::string{countersign_binary()} + " check -c c.yaml");
    };
    const std::string with = "{ name: a, hosts: [a.example], key_store: acme, trust: [issuing] }";
    const std::string without = "{ name: b, hosts: [b.example], key_store: acme }";

    const Ended completed = check_profiles(with);
    const Ended in_one_only = check_profiles(with + ", " + without);

    EXPECT_FALSE(has(completed.output, "incomplete")) << completed.output;
    EXPECT_TRUE(has(completed.output, ": all is well\n")) << completed.output;
    EXPECT_TRUE(has(in_one_only.output, "the chain is incomplete")) << in_one_only.output;
    EXPECT_TRUE(has(in_one_only.output, ": no problem, 1 warning\n")) << in_one_only.output;
    EXPECT_FALSE(has(in_one_only.output, "all is well")) << in_one_only.output;
    EXPECT_EQ(in_one_only.status, 0);
}

TEST_F(Check, TakesThreeFilesAndTellsHowLongEachLasts) {
    const Issued leaf = client(
        {.common_name = "client", .not_after = std::chrono::hours{24 * 90}, .client_auth = true}
    );
    user_.files().write("client.crt", leaf.certificate_pem());
    user_.files().write("client.key", leaf.key_pem());
    user_.files().write("issuing.crt", issuing_.certificate_pem());
    user_.files().write(
        "c.yaml",
        "certificates:\n"
        "  - name: acme\n    type: pem_key_store\n    file: client.crt\n"
        "    chain: issuing.crt\n    key: client.key\n    warn_before_expiry: 3650d\n"
        "profiles: [{ name: a, hosts: [a.example], key_store: acme }]\n"
    );

    const Ended ended = user_.shell(std::string{countersign_binary()} + " check -c c.yaml");

    EXPECT_FALSE(has(ended.output, "incomplete")) << ended.output;
    EXPECT_TRUE(has(ended.output, "the certificate 'CN=client' in client.crt expires on"))
        << ended.output;
    EXPECT_TRUE(has(ended.output, "of its chain, 'CN=Issuing' expires on")) << ended.output;
    EXPECT_TRUE(has(ended.output, ": no problem, 2 warnings\n")) << ended.output;
}

TEST_F(Check, TellsTheTimeOfALeafOnce) {
    const Ended soon = check(
        user_,
        client({.common_name = "client", .not_after = std::chrono::hours{48}, .client_auth = true})
    );
    const Ended expired = check(
        user_, client(
                   {.common_name = "client",
                    .not_before = std::chrono::hours{-48},
                    .not_after = std::chrono::hours{-24},
                    .client_auth = true}
               )
    );

    EXPECT_EQ(soon.status, 0);
    EXPECT_TRUE(has(soon.output, "expires on")) << soon.output;
    EXPECT_EQ(soon.output.find("expires on"), soon.output.rfind("expires on")) << soon.output;
    EXPECT_EQ(expired.status, 1);
    EXPECT_TRUE(has(expired.output, "1 problem(s)")) << expired.output;
    EXPECT_TRUE(has(
        expired.output,
        "Send the authority a request, `countersign keystore request client.pem --out NEW.csr`, "
        "and take its reply in: `countersign keystore import client.pem REPLY`.\n"
    )) << expired.output;
}

TEST_F(Check, PassesOverARecordThatIsNotActive) {
    const Ended ended = check(
        user_,
        client(
            {.common_name = "client", .not_after = std::chrono::hours{24 * 90}, .server_auth = true}
        ),
        ", active: false", "", ""
    );

    EXPECT_EQ(ended.status, 0) << ended.output;
    EXPECT_FALSE(has(ended.output, "clientAuth")) << ended.output;
}

}  // namespace
}  // namespace countersign::tests
