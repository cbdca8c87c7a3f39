#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/scenarios/record_administrator.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

using namespace std::chrono_literals;

/// Probes that are asked for by the API.
class ConsoleProbe : public RecordAdministrator {
protected:
    static std::string head(const std::string& body) {
        return "POST /api/v1/probes HTTP/1.1\r\nHost: 127.0.0.1\r\n" + bearer() +
               "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }
    static std::string about(const std::string& url) { return "{\"url\":\"" + url + "\"}"; }
    /// A profile for a host that is dialled at that port of this machine.
    std::string dialled(std::uint16_t port, const std::string& more = {}) const {
        return configuration(
            "profiles:\n  - { name: partner, hosts: [api.partner.example], connect_to: "
            "\"127.0.0.1:" +
            std::to_string(port) + "\", trust: [by-hand]" + more + " }\n"
        );
    }
};

TEST_F(ConsoleProbe, TellsEachStepAndTheVerdict) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    proxy.reload(with_profile("carol"));
    const Response told =
        call(proxy, "POST", "probes", about("http://" + server_.authority() + "/"));
    EXPECT_EQ(told.status, 200);
    EXPECT_TRUE(has(told.body, "event: step\ndata: {\"name\":\"connect\"")) << told.body;
    EXPECT_TRUE(has(told.body, "event: probed\n")) << told.body;
    EXPECT_TRUE(has(told.body, "\"ok\":true")) << told.body;
    EXPECT_TRUE(has(told.body, "\"identity\":\"CN=carol\"")) << told.body;
    EXPECT_TRUE(has(told.body, "BEGIN CERTIFICATE")) << told.body;
    EXPECT_TRUE(has(proxy.log(), "console: probe of ")) << proxy.log();
}

TEST_F(ConsoleProbe, TriesAKeyStoreThatNobodyHasKept) {
    ProxyUnderTest proxy{configuration()};
    ASSERT_EQ(call(proxy, "POST", "certificates", draft("carol", "carol")).status, 201);
    proxy.reload(with_profile("carol"));
    const std::string url = "{\"url\":\"http://" + server_.authority() + "/\",\"draft\":";
    const Response told = call(proxy, "POST", "probes", url + draft("carol-renewed") + "}");
    EXPECT_TRUE(has(told.body, "\"identity\":\"CN=carol-renewed\"")) << told.body;
    EXPECT_TRUE(has(told.body, "\"ok\":true")) << told.body;
    HttpClient client = proxy.connect();
    EXPECT_FALSE(has(ask(client, server_), "renewed")) << "nothing of it is kept";
    const Response fault = call(
        proxy, "POST", "probes",
        url + "{\"content\":\"" +
            base64(partner_.issue_client("dora").pkcs12("right one", "dora")) +
            "\",\"password\":\"wrong one\"}}"
    );
    EXPECT_TRUE(has(fault.body, "event: fault\ndata: {\"text\":\"the file is not opened by"))
        << fault.body;
}

TEST_F(ConsoleProbe, ObeysTheRulesForAddresses) {
    const ProxyUnderTest proxy{configuration(
        "addresses: { deny: [127.0.0.0/8] }\nprofiles:\n  - { name: own, hosts: [127.0.0.1], "
        "ports: [" +
        std::to_string(server_.port()) + "], trust: [by-hand] }\n"
    )};
    const Response told =
        call(proxy, "POST", "probes", about("http://" + server_.authority() + "/"));
    EXPECT_EQ(told.status, 200);
    EXPECT_TRUE(has(told.body, "\"ok\":false")) << told.body;
    EXPECT_TRUE(has(told.body, "addresses.deny")) << told.body;
    EXPECT_FALSE(has(told.body, "handshake_complete\":true")) << told.body;
}

TEST_F(ConsoleProbe, EndsWhenNobodyListensAnyMore) {
    const ListeningSocket silent;
    const ProxyUnderTest proxy{dialled(silent.port())};
    {
        HttpClient client = HttpClient::tcp(proxy.admin_port());
        client.send(head(about("http://api.partner.example/")));
        wait_until("it waits for the server", [&] {
            return has(proxy.log(), "console: probe of api.partner.example:443");
        });
    }
    // The place is free again long before the handshake's time is over.
    const auto begin = std::chrono::steady_clock::now();
    std::vector<HttpClient> others;
    wait_until("two others find a place", [&] {
        HttpClient one = HttpClient::tcp(proxy.admin_port());
        one.send(head(about("http://api.partner.example/")));
        if (one.read_head().status == 200) others.push_back(std::move(one));
        return others.size() == 2;
    });
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 8s);
    const Response third = call(proxy, "POST", "probes", about("http://api.partner.example/"));
    EXPECT_EQ(third.status, 429);
    EXPECT_TRUE(has(third.body, "Others probe just now.")) << third.body;
}

TEST_F(ConsoleProbe, EndsWhenWhoAskedMayNotAnyMore) {
    const ListeningSocket silent;
    ProxyUnderTest proxy{dialled(silent.port(), ", timeouts: { handshake: 30s }")};
    HttpClient client = HttpClient::tcp(proxy.admin_port());
    client.send(head(about("http://api.partner.example/")));
    EXPECT_EQ(client.read_head().status, 200);
    partner_.files().write("admin.token", "another token, which is long enough\n");
    const auto begin = std::chrono::steady_clock::now();
    proxy.reload();
    const std::string told = client.read_until_close();
    EXPECT_TRUE(
        has(told, "event: refused\ndata: {\"text\":\"The token is not the one of admin.token.")
    ) << told;
    EXPECT_FALSE(has(told, "probed")) << told;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(ConsoleProbe, HoldsUpNoEndOfTheProcess) {
    const ListeningSocket silent;
    ProxyUnderTest proxy{dialled(silent.port(), ", timeouts: { handshake: 30s }")};
    HttpClient client = HttpClient::tcp(proxy.admin_port());
    client.send(head(about("http://api.partner.example/")));
    EXPECT_EQ(client.read_head().status, 200);
    const auto begin = std::chrono::steady_clock::now();
    proxy.process().send_signal(SIGTERM);
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(ConsoleProbe, IsForWhoMayEdit) {
    const ProxyUnderTest proxy{configuration()};
    const Response none = call(proxy, "POST", "probes", about("http://a.example/"), {});
    EXPECT_EQ(none.status, 401);
}

}  // namespace
}  // namespace countersign::tests
