#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

std::string connection_of(const Response& response) {
    return value_of(response.body, "connection");
}

TEST(ConnectionReuse, KeepsOneUpstreamConnectionForAKeptAliveClient) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    const std::string first = connection_of(client.exchange(request));

    for (int i = 0; i < 20; ++i) EXPECT_EQ(connection_of(client.exchange(request)), first);
}

TEST(ConnectionReuse, GoesAcrossClientConnections) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, "workers: 1")};
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    const std::string first = connection_of(proxy.exchange(request));

    for (int i = 0; i < 5; ++i) EXPECT_EQ(connection_of(proxy.exchange(request)), first);
}

TEST(ConnectionReuse, EndsAfterMaxRequests) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), "pool: { max_requests: 2 }", "workers: 1")};
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    const std::string first = connection_of(proxy.exchange(request));
    const std::string second = connection_of(proxy.exchange(request));
    const std::string third = connection_of(proxy.exchange(request));

    EXPECT_EQ(first, second);
    EXPECT_NE(second, third);
}

TEST(ConnectionReuse, DoesNotHappenAfterTheServerSaidClose) {
    const Partner partner;
    ScriptedServer server{
        partner.server(), [](Peer& peer) {
            // Says close, and keeps the connection open: reusing it would be answered.
            while (!peer.read_request().empty()) {
                peer.write(ok(std::to_string(peer.number()), "Connection: close\r\n"));
            }
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), {}, "workers: 1")};
    const std::string request = absolute_get(server.authority(), "/");

    EXPECT_EQ(proxy.exchange(request).body, "1");
    EXPECT_EQ(proxy.exchange(request).body, "2");
}

struct VersionRow {
    std::string name;
    std::string protocols;
    friend void PrintTo(const VersionRow& row, std::ostream* out) { *out << row.name; }
};
class ResumedSession : public testing::TestWithParam<VersionRow> {};

TEST_P(ResumedSession, SavesAFullHandshake) {
    const Partner partner;
    auto options = partner.nginx();
    options.protocols = GetParam().protocols;
    options.keepalive_requests = 1;
    const Nginx nginx{options};
    const ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, "workers: 1")};
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    const Response first = proxy.exchange(request);
    const Response second = proxy.exchange(request);

    EXPECT_EQ(value_of(first.body, "protocol"), GetParam().protocols);
    EXPECT_EQ(value_of(first.body, "reused"), ".");
    EXPECT_EQ(value_of(second.body, "reused"), "r");
    EXPECT_NE(connection_of(first), connection_of(second));
    EXPECT_EQ(value_of(second.body, "subject"), "CN=alice");
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, ResumedSession,
    testing::Values(VersionRow{"Tls12", "TLSv1.2"}, VersionRow{"Tls13", "TLSv1.3"}),
    [](const auto& row) { return row.param.name; }
);

TEST(ResumedSession, DoesNotHappenWhereTheProfileTurnsItOff) {
    const Partner partner;
    auto options = partner.nginx();
    options.keepalive_requests = 1;
    const Nginx nginx{options};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), "tls: { session_resumption: false }", "workers: 1")};
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    proxy.exchange(request);
    const Response second = proxy.exchange(request);

    EXPECT_EQ(value_of(second.body, "reused"), ".");
}

TEST(ResumedSession, IsNeverThatOfAnotherIdentity) {
    const Partner partner;
    auto options = partner.nginx();
    options.keepalive_requests = 1;
    const Nginx nginx{options};
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles:\n"
        "  - { name: alice, key_store: alice, trust: [partner-ca] }\n"
        "  - { name: bob, key_store: bob, trust: [partner-ca] }\n"
        "workers: 1\n"};

    for (const std::string who : {"alice", "bob", "alice", "bob"}) {
        const Response response =
            proxy.exchange(get(who + "://" + nginx.authority() + "/whoami", nginx.authority()));

        EXPECT_EQ(value_of(response.body, "subject"), "CN=" + who);
    }
}

}  // namespace
}  // namespace countersign::tests
