#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// Answers with the subjects of all certificates that the client sent, in its order.
void answer_with_chain(Peer& peer) {
    std::string chain;
    for (const std::string& subject : peer.client_chain()) chain += subject + "\n";
    while (!peer.read_request().empty()) peer.write(ok(chain));
}

struct Sent {
    const char* name;
    std::string order;   ///< of the file: l leaf, i issuing authority, r root, k key
    const char* record;  ///< what the record says beside type and file
    const char* trust;   ///< the profile's
    std::string chain;

    friend void PrintTo(const Sent& row, std::ostream* out) { *out << row.name; }
};

const std::string kLeaf = "CN=carol\n";
const std::string kIssuing = "CN=Partner Issuing CA\n";
const std::string kRoot = "CN=Partner Root\n";

class SentChain : public testing::TestWithParam<Sent> {
protected:
    std::filesystem::path write_store() const {
        std::string text;
        for (const char part : GetParam().order) {
            text += part == 'l'   ? carol_.certificate_pem()
                    : part == 'i' ? partner_.issuer().certificate_pem()
                    : part == 'r' ? partner_.root().certificate_pem()
                                  : carol_.key_pem();
        }
        return partner_.files().write("carol.pem", text);
    }

    std::string configuration() const {
        const auto issuing =
            partner_.files().write("issuing.pem", partner_.issuer().certificate_pem());
        return partner_.certificates() +
               "  - { name: carol, type: pem_key_store, file: " + write_store().string() +
               GetParam().record +
               " }\n  - { name: issuing, type: trust_store_cert, file: " + issuing.string() +
               " }\nprofiles:\n  - { name: partner, hosts: [127.0.0.1], key_store: carol, trust: " +
               GetParam().trust + " }\n";
    }

    const Partner partner_;
    const Issued carol_ = partner_.issue_client("carol");
};

TEST_P(SentChain, IsInOrderAndWhole) {
    ScriptedServer server{partner_.strict_server(), answer_with_chain};
    const ProxyUnderTest proxy{configuration()};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.body, GetParam().chain);
}

INSTANTIATE_TEST_SUITE_P(
    Files, SentChain,
    testing::Values(
        Sent{"InOrder", "klir", "", "[partner-ca]", kLeaf + kIssuing},
        Sent{"UpsideDown", "rilk", "", "[partner-ca]", kLeaf + kIssuing},
        Sent{"WithDuplicates", "ilriklr", "", "[partner-ca]", kLeaf + kIssuing},
        Sent{"WithItsRoot", "rlik", ", send_root: true", "[partner-ca]", kLeaf + kIssuing + kRoot},
        Sent{"CompletedFromTrust", "lk", "", "[issuing]", kLeaf + kIssuing},
        Sent{
            "CompletedFromTrustWithItsRoot", "lk", ", send_root: true", "[partner-ca, issuing]",
            kLeaf + kIssuing + kRoot}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(SentChain, SatisfiesAServerThatHasTheRootAlone) {
    const Partner partner;
    const Issued carol = partner.issue_client("carol");
    Nginx nginx{partner.nginx()};
    const auto store =
        partner.files().write("carol.pem", carol.certificate_pem() + carol.key_pem());
    const auto issuing = partner.files().write("issuing.pem", partner.issuer().certificate_pem());
    const ProxyUnderTest proxy{
        partner.certificates() + "  - { name: carol, type: pem_key_store, file: " + store.string() +
        " }\n  - { name: issuing, type: trust_store_cert, file: " + issuing.string() +
        " }\nprofiles:\n"
        "  - { name: complete, hosts: [127.0.0.1], key_store: carol, trust: [issuing] }\n"
        "  - { name: incomplete, hosts: [localhost], key_store: carol, trust: [partner-ca] }\n"};

    const Response complete = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));
    const Response incomplete =
        proxy.exchange(absolute_get("localhost:" + std::to_string(nginx.port()), "/whoami"));

    EXPECT_EQ(complete.status, 200) << complete.body;
    EXPECT_EQ(value_of(complete.body, "verify"), "SUCCESS");
    EXPECT_EQ(incomplete.status, 400) << "the same identity in another profile has its own chain";
}

TEST(SentChain, ComesFromTheThreeFilesThatAuthoritiesSend) {
    const Partner partner;
    const Issued carol = partner.issue_client("carol");
    Nginx nginx{partner.nginx()};
    const TempDir& files = partner.files();
    files.write("carol.crt", carol.certificate_pem());
    files.write("carol.key", carol.key_pem());
    files.write("issuing.der", partner.issuer().certificate_der());
    const auto path = [&](const char* name) { return (files / name).string(); };
    const ProxyUnderTest proxy{
        partner.certificates() + "  - { name: carol, type: pem_key_store, file: " +
        path("carol.crt") + ", chain: [" + path("issuing.der") + "], key: " + path("carol.key") +
        " }\nprofiles:\n"
        "  - { name: partner, hosts: [127.0.0.1], key_store: carol, trust: [partner-ca] }\n"};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "verify"), "SUCCESS");
}

}  // namespace
}  // namespace countersign::tests
