// How a connection was tried, step by step, in the answer to the client and in the log.

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

/// Each of them stands in a line of its own.
std::vector<std::string> steps_of(const Response& response) {
    std::vector<std::string> steps;
    const std::size_t begin = response.body.find("\"steps\": [\n");
    if (begin == std::string::npos) return steps;
    std::istringstream lines{
        response.body.substr(begin, response.body.find("\n  ]", begin) - begin)};
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        const std::size_t quote = line.find('"');
        steps.push_back(line.substr(quote + 1, line.rfind('"') - quote - 1));
    }
    return steps;
}

/// The one that begins so; empty: none does.
std::string step(const std::vector<std::string>& steps, std::string_view beginning) {
    for (const std::string& one : steps) {
        if (one.starts_with(beginning)) return one;
    }
    return {};
}

bool says(const std::vector<std::string>& steps, std::string_view part) {
    for (const std::string& one : steps) {
        if (one.find(part) != std::string::npos) return true;
    }
    return false;
}

std::string joined(const std::vector<std::string>& steps) {
    std::string text;
    for (const std::string& one : steps) text += one + "\n";
    return text;
}

ScriptedServer::Options of_strangers(const Partner& partner) {
    const Ca stranger = Ca::root("Stranger Root");
    auto options = partner.strict_server();
    options.client_ca = partner.files().write("other.pem", stranger.certificate_pem());
    return options;
}

TEST(HandshakeAccount, OfAServerThatRefusesTheClientsCertificate) {
    const Partner partner;
    const ScriptedServer server{of_strangers(partner), [](Peer& peer) { peer.read_request(); }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const auto steps = steps_of(proxy.exchange(absolute_get(server.authority(), "/")));

    SCOPED_TRACE(joined(steps));
    EXPECT_TRUE(
        step(steps, "connect: ").starts_with("connect: " + server.authority() + " connected after ")
    );
    EXPECT_TRUE(step(steps, "offers: ").starts_with("offers: TLS 1.2 to 1.3"));
    EXPECT_TRUE(step(steps, "chosen: ").starts_with("chosen: TLSv1.3, TLS_"));
    EXPECT_EQ(step(steps, "chain: "), "chain: 1 'CN=localhost': accepted");
    EXPECT_EQ(step(steps, "trusted by: "), "trusted by: 'CN=Partner Root'");
    EXPECT_EQ(step(steps, "asks: "), "asks: for a client certificate of CN=Stranger Root");
    EXPECT_TRUE(says(steps, "asks: none of them is above 'CN=alice'"));
    EXPECT_TRUE(step(steps, "sent: ").starts_with("sent: 'CN=alice', "));
    EXPECT_TRUE(says(steps, "said: -> ClientHello after "));
    EXPECT_TRUE(steps.back().starts_with("said: <- alert unknown_ca (48) after "));
}

TEST(HandshakeAccount, OfAServerThatIsNotTrusted) {
    const Partner partner;
    auto options = partner.server();
    const Issued other =
        Ca::root("Stranger Root")
            .issue({.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
            );
    options.certificate = partner.files().write("other.pem", other.chain_pem());
    options.key = partner.files().write("other.key", other.key_pem());
    const ScriptedServer server{options, [](Peer&) {}};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const auto steps = steps_of(proxy.exchange(absolute_get(server.authority(), "/")));

    SCOPED_TRACE(joined(steps));
    EXPECT_TRUE(step(steps, "chain: 1 'CN=localhost': ").size() > 26);
    EXPECT_TRUE(step(steps, "trust: ").find("CN=Partner Root") != std::string::npos);
    EXPECT_TRUE(step(steps, "trusted by: ").empty());
    EXPECT_TRUE(says(steps, "said: -> alert unknown_ca (48)"));
}

TEST(HandshakeAccount, OfAddressesThatRefuse) {
    const Partner partner;
    const ClosedPort gone;
    const ProxyUnderTest proxy{partner.configuration(gone.port())};

    const auto steps =
        steps_of(proxy.exchange(absolute_get("localhost:" + std::to_string(gone.port()), "/")));

    SCOPED_TRACE(joined(steps));
    EXPECT_TRUE(step(steps, "name: ").starts_with("name: localhost is "));
    EXPECT_NE(step(steps, "connect: ").find(" refused after "), std::string::npos);
    EXPECT_TRUE(step(steps, "offers: ").empty());
}

// What failed then was not how the connection came about.
TEST(HandshakeAccount, IsNotGivenFromTheSecondExchangeOn) {
    const Partner partner;
    const ScriptedServer server{partner.strict_server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                                    peer.read_request();
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), "retry: never")};

    HttpClient client = proxy.connect();
    ASSERT_EQ(client.exchange(absolute_get(server.authority(), "/")).status, 200);
    const Response second = client.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(proxy_error(second), "http_response_incomplete") << second.head;
    EXPECT_TRUE(steps_of(second).empty()) << second.body;
}

TEST(HandshakeAccount, IsATableInText) {
    const Partner partner;
    const ScriptedServer server{of_strangers(partner), [](Peer& peer) { peer.read_request(); }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response refused =
        proxy.exchange(absolute_get(server.authority(), "/", "Accept: text/plain\r\n"));

    EXPECT_NE(
        refused.body.find("\n\nconnect     " + server.authority() + " connected after "),
        std::string::npos
    ) << refused.body;
    EXPECT_NE(refused.body.find("\nsent        'CN=alice', "), std::string::npos) << refused.body;
}

TEST(HandshakeAccount, IsInTheLineOfTheLog) {
    const Partner partner;
    const ScriptedServer server{of_strangers(partner), [](Peer& peer) { peer.read_request(); }};
    ProxyUnderTest proxy{partner.configuration(server.port())};

    proxy.exchange(absolute_get(server.authority(), "/"));

    proxy.stop();
    const std::string log = proxy.log();
    const std::size_t at = log.find("502 tls_alert_received");
    const std::string line = log.substr(at, log.find('\n', at) - at);
    EXPECT_NE(
        line.find(" [connect: " + server.authority() + " connected after "), std::string::npos
    ) << line;
    EXPECT_NE(line.find("; sent: 'CN=alice', "), std::string::npos) << line;
    EXPECT_NE(line.find("; said: -> ClientHello after "), std::string::npos) << line;
    EXPECT_EQ(line.find("SHA-256"), std::string::npos) << line;
}

}  // namespace
}  // namespace countersign::tests
