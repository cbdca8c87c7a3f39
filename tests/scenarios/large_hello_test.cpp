#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/operator.hpp"
#include "tests/scenarios/probed.hpp"
#include "tests/scenarios/scenario.hpp"
#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kLargeHelloTold = "a TLS handshake with a large first message";
/// Between a first message with a large key share and one without.
constexpr int kOnePacket = 1200;

/// The system's configuration of OpenSSL gives its own choice of groups a large key share, as that
/// of a newer OpenSSL has one.
class LargeHello : public ProbeTest {
protected:
    ProxyUnderTest::Options by_large_groups() const {
        ProxyUnderTest::Options options;
        options.environment["OPENSSL_CONF"] = file_.string();
        return options;
    }
    ScriptedServer::Options of_one_packet() const {
        ScriptedServer::Options options = partner_.strict_server();
        options.largest_hello = kOnePacket;
        options.large_hello = ScriptedServer::Options::LargeHello::resets;
        return options;
    }
    static bool is_new() { return OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 5; }
    /// Once a connection.
    static void answer_group(Peer& peer) {
        if (peer.read_request().empty()) return;
        const int group = static_cast<int>(SSL_get_negotiated_group(peer.tls()));
        peer.write(ok(SSL_group_to_name(peer.tls(), group), "Connection: close\r\n"));
    }
    std::string yaml(const ScriptedServer& server, std::string_view tls = {}) const {
        return partner_.configuration(
            server.port(), "retry: never, tls: { " + std::string{tls} + " }",
            "workers: 1\nadmin: { address: 127.0.0.1:0 }"
        );
    }

private:
    const std::filesystem::path file_ = partner_.files().write(
        "openssl.cnf",
        "openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = groups\n"
        "[groups]\nGroups = ffdhe8192:X25519\n"
    );
};

TEST_F(LargeHello, IsOfferedToAServerThatTakesIt) {
    const ScriptedServer server{partner_.strict_server(), answer_group};
    const ProxyUnderTest proxy{yaml(server), by_large_groups()};

    // A newer server takes it, and asks for the group that it likes best.
    EXPECT_EQ(
        proxy.exchange(absolute_get(server.authority(), "/")).body,
        is_new() ? "x25519" : "ffdhe8192"
    );
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(LargeHello, HasTheKeyShareOfX25519Mlkem768WhereOpensslOffersThat) {
    const ScriptedServer able{partner_.strict_server(), answer_group};
    const ScriptedServer unable{of_one_packet(), answer_group};
    const ProxyUnderTest to_able{yaml(able)};
    const ProxyUnderTest to_unable{yaml(unable)};

    EXPECT_EQ(
        to_able.exchange(absolute_get(able.authority(), "/")).body,
        is_new() ? "X25519MLKEM768" : "x25519"
    );
    EXPECT_EQ(able.connections(), 1);
    EXPECT_EQ(to_unable.exchange(absolute_get(unable.authority(), "/")).body, "x25519");
    EXPECT_EQ(unable.connections(), is_new() ? 2 : 1);
}

TEST_F(LargeHello, IsLeftOffCountedAndToldOnce) {
    const ScriptedServer server{of_one_packet(), answer_group};
    ProxyUnderTest proxy{yaml(server), by_large_groups()};

    // Nothing of it was sent: any method may.
    EXPECT_EQ(proxy.exchange(absolute_post(server.authority(), "/", "x")).body, "x25519");
    EXPECT_EQ(proxy.exchange(absolute_post(server.authority(), "/", "x")).body, "x25519");

    EXPECT_EQ(server.connections(), 3) << "it is remembered";
    const Response metrics = ask_admin(proxy.admin_port(), "GET", "/metrics");
    for (const char* const line :
         {"countersign_upstream_handshake_retries_total{left_off=\"large_hello\"} 1\n",
          "countersign_upstream_handshake_retries_total{left_off=\"session\"} 0\n"}) {
        EXPECT_NE(metrics.body.find(line), std::string::npos) << line << metrics.body;
    }
    ASSERT_EQ(proxy.stop(), 0);
    const std::string log = proxy.log();
    EXPECT_NE(
        log.find("profile 'partner': " + server.authority() + ": " + std::string{kLargeHelloTold}),
        log.npos
    ) << log;
    EXPECT_EQ(log.find(kLargeHelloTold), log.rfind(kLargeHelloTold)) << log;
}

TEST_F(LargeHello, IsKeptWhereTheProfileNamesTheGroups) {
    const ScriptedServer server{of_one_packet(), answer_group};
    const ProxyUnderTest proxy{yaml(server, "groups: [ffdhe8192, X25519]"), by_large_groups()};

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 502);
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(LargeHello, IsLeftOffByAProbeThatSaysSo) {
    const ScriptedServer server{of_one_packet(), answer_group};
    const auto file = partner_.files().write("countersign.yaml", yaml(server));
    const auto run = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{
            countersign_binary(), "probe", url(server.port()), "-c", file.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        Process process{std::move(arguments), {.environment = by_large_groups().environment}};
        const auto status = process.wait_for_exit();
        return Told{status.value_or(-1), process.output(), process.errors()};
    };

    const Told told = run({});
    EXPECT_EQ(told.status, 0) << told.text << told.errors;
    EXPECT_TRUE(
        told.value("again").starts_with("with a small first message, without X25519MLKEM768: ")
    ) << told.text;
    EXPECT_NE(
        told.value("verdict").find(
            "It takes no first message with the key share of a post-quantum group "
            "(X25519MLKEM768), and was asked once more without: "
        ),
        std::string::npos
    ) << told.text;

    const Told document = run({"--json"});
    EXPECT_NE(document.text.find("\"large_hello_failure\""), std::string::npos) << document.text;
    EXPECT_EQ(document.text.find("\"large_hello_failure\": null"), std::string::npos)
        << document.text;
}

}  // namespace
}  // namespace countersign::tests
