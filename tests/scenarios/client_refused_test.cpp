#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

void answer_everything(Peer& peer) {
    while (!peer.read_request().empty()) peer.write(ok("hello"));
}

struct VersionRow {
    std::string name;
    int version;
    friend void PrintTo(const VersionRow& row, std::ostream* out) { *out << row.name; }
};

class RefusedClientCertificate : public testing::TestWithParam<VersionRow> {
protected:
    ScriptedServer::Options only_this_version(ScriptedServer::Options options) const {
        options.min_version = GetParam().version;
        options.max_version = GetParam().version;
        return options;
    }
};

TEST_P(RefusedClientCertificate, IsExplainedByTheAlertThatTheServerSent) {
    const Partner partner;
    const Ca stranger = Ca::root("Stranger Root");
    auto options = only_this_version(partner.strict_server());
    options.client_ca = partner.files().write("stranger.pem", stranger.certificate_pem());
    const ScriptedServer server{options, answer_everything};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_alert_received");
    EXPECT_NE(response.body.find("alert 48"), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("CN=alice"), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("Stranger Root"), std::string::npos)
        << "the issuers that the server accepts: " << response.body;
    EXPECT_EQ(server.handshakes(), 0);
}

TEST_P(RefusedClientCertificate, ToAPostIsNotTriedAgain) {
    const Partner partner;
    const Ca stranger = Ca::root("Stranger Root");
    auto options = only_this_version(partner.strict_server());
    options.client_ca = partner.files().write("stranger.pem", stranger.certificate_pem());
    const ScriptedServer server{options, answer_everything};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(absolute_post(server.authority(), "/", "once"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_alert_received");
    EXPECT_EQ(server.connections(), 1);
}

TEST_P(RefusedClientCertificate, WhereTheProfileHasNoneSaysThatOneIsWanted) {
    const Partner partner;
    const ScriptedServer server{only_this_version(partner.strict_server()), answer_everything};
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles: [{ name: partner, hosts: [127.0.0.1], trust: [partner-ca] }]\n"};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_alert_received");
    EXPECT_NE(response.body.find("key_store"), std::string::npos) << response.body;
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, RefusedClientCertificate,
    testing::Values(VersionRow{"Tls12", TLS1_2_VERSION}, VersionRow{"Tls13", TLS1_3_VERSION}),
    [](const auto& row) { return row.param.name; }
);

TEST(RefusedClientCertificate, AsNginxDoesItIsNginxsOwnAnswer) {
    const Partner partner;
    const Ca stranger = Ca::root("Stranger Root");
    auto options = partner.nginx();
    options.client_ca = partner.files().write("stranger.pem", stranger.certificate_pem());
    const Nginx nginx{options};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(proxy_error(response), "");
    EXPECT_NE(response.body.find("SSL certificate error"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace countersign::tests
