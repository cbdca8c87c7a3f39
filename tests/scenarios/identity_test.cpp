#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A JKS made by keytool from a PKCS#12, with a password of its own for neither key nor store.
std::filesystem::path make_java_key_store(const TempDir& files, const std::filesystem::path& p12) {
    const auto jks = files / "alice.jks";
    run(
        {"keytool", "-importkeystore", "-noprompt", "-srckeystore", p12.string(), "-srcstoretype",
         "PKCS12", "-srcstorepass", "changeit", "-destkeystore", jks.string(), "-deststoretype",
         "JKS", "-deststorepass", "changeit"}
    );
    return jks;
}

TEST(Identity, OfTheProfileIsWhatTheServerSees) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(response.body, "verify"), "SUCCESS");
}

TEST(Identity, IsTheSameFromJksPkcs12AndPem) {
    const Partner partner;
    const Issued alice = partner.issue_client("alice in three containers");
    const auto pem = partner.write_identity("three", alice);
    const auto p12 = partner.files().write("alice.p12", alice.pkcs12("changeit", "alice"));
    const auto jks = make_java_key_store(partner.files(), p12);
    const Nginx nginx{partner.nginx()};
    const std::string ending = ", password: changeit }\n";
    const ProxyUnderTest proxy{
        "certificates:\n"
        "  - { name: pem, type: pem_key_store, file: " +
        pem.string() +
        " }\n"
        "  - { name: p12, type: pkcs12_key_store, file: " +
        p12.string() + ending + "  - { name: jks, type: java_key_store, file: " + jks.string() +
        ending + "  - { name: ca, type: trust_store_cert, file: " + partner.root_file().string() +
        " }\n"
        "profiles:\n"
        "  - { name: by-pem, key_store: pem, trust: [ca] }\n"
        "  - { name: by-p12, key_store: p12, trust: [ca] }\n"
        "  - { name: by-jks, key_store: jks, trust: [ca] }\n"};

    for (const std::string profile : {"by-pem", "by-p12", "by-jks"}) {
        SCOPED_TRACE(profile);
        const Response response =
            proxy.exchange(get(profile + "://" + nginx.authority() + "/whoami", nginx.authority()));

        EXPECT_EQ(response.status, 200) << response.body;
        EXPECT_EQ(value_of(response.body, "subject"), "CN=alice in three containers");
        EXPECT_EQ(value_of(response.body, "verify"), "SUCCESS");
    }
}

TEST(Identity, IsChosenByPortWhereTwoProfilesHaveOneHost) {
    const Partner partner;
    const Nginx first{partner.nginx()};
    const Nginx second{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(first.port()) + "  - { name: other, hosts: [127.0.0.1], ports: [" +
        std::to_string(second.port()) + "], key_store: bob, trust: [partner-ca] }\n"};

    const Response one = proxy.exchange(absolute_get(first.authority(), "/whoami"));
    const Response two = proxy.exchange(absolute_get(second.authority(), "/whoami"));

    EXPECT_EQ(value_of(one.body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(two.body, "subject"), "CN=bob");
}

TEST(Identity, NeverSharesAConnectionWithAnotherAlsoUnderParallelLoad) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles:\n"
        "  - { name: alice, key_store: alice, trust: [partner-ca] }\n"
        "  - { name: bob, key_store: bob, trust: [partner-ca] }\n"};
    std::atomic<int> wrong = 0;

    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&, i] {
            HttpClient client = proxy.connect();
            for (int n = 0; n < 50; ++n) {
                const std::string who = (i + n) % 2 == 0 ? "alice" : "bob";
                const Response response = client.exchange(
                    get(who + "://" + nginx.authority() + "/whoami", nginx.authority())
                );
                if (response.body.find("subject=CN=" + who + "\n") == std::string::npos) ++wrong;
            }
        });
    }
    for (auto& client : clients) client.join();

    EXPECT_EQ(wrong, 0);
    std::map<std::string, std::set<std::string>> subjects_of;
    for (const std::string& line : nginx.end_and_read_log()) {
        const auto space = line.find(' ');
        subjects_of[line.substr(0, space)].insert(line.substr(space + 1, 10));
    }
    EXPECT_LT(subjects_of.size(), 100U) << "connections were hardly reused";
    for (const auto& [connection, subjects] : subjects_of) {
        EXPECT_EQ(subjects.size(), 1U) << "connection " << connection;
    }
}

}  // namespace
}  // namespace countersign::tests
