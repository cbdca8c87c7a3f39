#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

struct Broken {
    std::string name;
    /// What the record of the key store says, after its name; "DIR" stands for the partner's files.
    std::string key_store;
    /// What the profile says beside its name and hosts.
    std::string profile;
    std::vector<std::string> message;  ///< all of it must be in what the program prints
    friend void PrintTo(const Broken& row, std::ostream* out) { *out << row.name; }
};

const std::vector<Broken> kBroken{
    {"WrongPassword",
     "type: pkcs12_key_store, file: DIR/alice.p12, password: wrong",
     "key_store: mine",
     {"alice.p12", "password"}},
    {"NoPassword",
     "type: pkcs12_key_store, file: DIR/alice.p12",
     "key_store: mine",
     {"alice.p12", "password"}},
    {"MissingPasswordFile",
     "type: pkcs12_key_store, file: DIR/alice.p12, password: { file: DIR/none.password }",
     "key_store: mine",
     {"none.password"}},
    {"MissingEnvironmentVariable",
     "type: pkcs12_key_store, file: DIR/alice.p12, password: { env: NOT_SET_ANYWHERE }",
     "key_store: mine",
     {"NOT_SET_ANYWHERE"}},
    {"MissingFile",
     "type: pem_key_store, file: DIR/nothing.pem",
     "key_store: mine",
     {"nothing.pem"}},
    {"MissingAlias",
     "type: pkcs12_key_store, file: DIR/alice.p12, password: changeit, alias: nobody",
     "key_store: mine",
     {"nobody", "alice"}},
    {"KeyOfAnotherCertificate",
     "type: pem_key_store, file: DIR/alice.crt, key: DIR/bob.pem",
     "key_store: mine",
     {"bob.pem", "CN=alice", "key"}},
    {"NoPrivateKey",
     "type: pem_key_store, file: DIR/alice.crt",
     "key_store: mine",
     {"alice.crt", "key"}},
    {"NotAKeyStore",
     "type: java_key_store, file: DIR/text, password: changeit",
     "key_store: mine",
     {"text"}},
    {"InactiveRecord",
     "type: pem_key_store, file: DIR/alice.pem, active: false",
     "key_store: mine",
     {"mine", "active"}},
    {"UnknownRecord",
     "type: pem_key_store, file: DIR/alice.pem",
     "key_store: mien",
     {"mien", "mine"}},
    {"UnknownKeyInProfile",
     "type: pem_key_store, file: DIR/alice.pem",
     "key_store: mine, trsut: [system]",
     {"trsut", "trust"}},
    {"UnknownTrust",
     "type: pem_key_store, file: DIR/alice.pem",
     "key_store: mine, trust: [nowhere]",
     {"nowhere"}},
    {"KeyStoreAsTrust",
     "type: pem_key_store, file: DIR/alice.pem",
     "key_store: mine, trust: [mine]",
     {"mine", "trust"}},
    {"WrongType",
     "type: pem_key_store, file: DIR/alice.pem",
     "key_store: mine, ports: [https]",
     {"ports", "https"}},
};

class BrokenConfiguration : public testing::TestWithParam<Broken> {};

TEST_P(BrokenConfiguration, IsRefusedAtStartWithStatus1AndAMessage) {
    const Partner partner;
    const Issued alice = partner.issue_client("alice");
    const std::string directory = partner.files().path().string();
    partner.files().write("alice.crt", alice.chain_pem());
    partner.files().write("alice.p12", alice.pkcs12("changeit", "alice"));
    partner.files().write("text", "this is no key store");
    std::string yaml = "certificates: [{ name: mine, " + GetParam().key_store +
                       " }]\nprofiles: [{ name: partner, hosts: [127.0.0.1], " +
                       GetParam().profile + " }]\n";
    for (auto at = yaml.find("DIR"); at != std::string::npos; at = yaml.find("DIR")) {
        yaml.replace(at, 3, directory);
    }

    const RefusedStart start = start_expecting_refusal(yaml);

    EXPECT_EQ(start.status, 1);
    for (const std::string& part : GetParam().message) {
        EXPECT_NE(start.message.find(part), std::string::npos)
            << "no '" << part << "' in: " << start.message;
    }
    EXPECT_EQ(start.message.find("changeit"), std::string::npos) << "a password was printed";
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, BrokenConfiguration, testing::ValuesIn(kBroken),
    [](const auto& row) { return row.param.name; }
);

TEST(BrokenConfiguration, HasAllItsProblemsReportedAtOnce) {
    const RefusedStart start = start_expecting_refusal(
        "profiles:\n"
        "  - { name: One, hosts: [a.example] }\n"
        "  - { name: two, hosts: [\"a b\"], key_store: none }\n"
        "workres: 2\n"
    );

    EXPECT_EQ(start.status, 1);
    for (const std::string part : {"One", "a b", "none", "workres"}) {
        EXPECT_NE(start.message.find(part), std::string::npos)
            << "no '" << part << "' in: " << start.message;
    }
}

TEST(BrokenConfiguration, IncludesTwoProfilesThatTie) {
    const RefusedStart start = start_expecting_refusal(
        "profiles:\n"
        "  - { name: one, hosts: [a.example] }\n"
        "  - { name: two, hosts: [a.example] }\n"
    );

    EXPECT_EQ(start.status, 1);
    EXPECT_NE(start.message.find("one"), std::string::npos) << start.message;
    EXPECT_NE(start.message.find("two"), std::string::npos) << start.message;
}

TEST(Start, FailsWhereTheListenersAddressIsTaken) {
    const ListeningSocket taken;

    const RefusedStart start = start_expecting_refusal(
        "listeners: [{ name: apps, address: 127.0.0.1:" + std::to_string(taken.port()) + " }]\n"
    );

    EXPECT_EQ(start.status, 1);
    EXPECT_NE(start.message.find(std::to_string(taken.port())), std::string::npos) << start.message;
}

TEST(Start, AnswersVersionAndHelp) {
    EXPECT_NE(run({countersign_binary(), "--version"}).find("OpenSSL"), std::string::npos);
    EXPECT_NE(run({countersign_binary(), "--help"}).find("check"), std::string::npos);
}

TEST(Start, AnswersAWrongCommandLineWithStatus2) {
    Process process{{countersign_binary(), "serve"}};

    EXPECT_EQ(process.wait_for_exit(), 2);
    EXPECT_NE(process.errors().find("serve"), std::string::npos);
}

TEST(ExpiredIdentity, DoesNotStopTheStartAndOnlyItsProfileAnswers503) {
    const Partner partner;
    const auto expired = partner.write_identity(
        "expired", partner.issuer().issue(
                       {.common_name = "expired client",
                        .not_before = std::chrono::hours{-48},
                        .not_after = std::chrono::hours{-24},
                        .client_auth = true}
                   )
    );
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.certificates() + "  - { name: old, type: pem_key_store, file: " + expired.string() +
        " }\n" +
        "profiles:\n"
        "  - { name: partner, hosts: [127.0.0.1], key_store: alice, trust: [partner-ca] }\n"
        "  - { name: outdated, hosts: [localhost], key_store: old, trust: [partner-ca] }\n"};
    const std::string outdated = "localhost:" + std::to_string(nginx.port());

    const Response good = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));
    const Response bad = proxy.exchange(absolute_get(outdated, "/whoami"));

    EXPECT_EQ(good.status, 200) << good.body;
    EXPECT_EQ(bad.status, 503);
    EXPECT_EQ(proxy_error(bad), "proxy_configuration_error");
    EXPECT_NE(bad.body.find("CN=expired client"), std::string::npos) << bad.body;
    EXPECT_NE(bad.body.find("expired on 20"), std::string::npos) << bad.body;
    EXPECT_NE(bad.body.find("\"profile\": \"outdated\""), std::string::npos) << bad.body;
    EXPECT_EQ(logged(proxy.access_line_with({" status=503 "}), "profile"), "outdated");
    EXPECT_NE(proxy.log().find("CN=expired client"), std::string::npos) << proxy.log();
    EXPECT_EQ(nginx.end_and_read_log().size(), 1U);
}

}  // namespace
}  // namespace countersign::tests
