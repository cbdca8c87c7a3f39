#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Timer = std::chrono::steady_clock;

/// Well above the time that a refused client has, well below any other limit.
constexpr milliseconds kSoon = seconds{8};
/// Below the time that it has.
constexpr milliseconds kAtOnce = seconds{2};

/// A proxy with one listener that serves ("open"), and one that nobody may use ("shut").
class Gate {
public:
    explicit Gate(const std::string& limits)
        : nginx_{partner_.nginx()},
          proxy_{
              "listeners:\n"
              "  - { name: open, address: 127.0.0.1:0 }\n"
              "  - { name: shut, address: 127.0.0.1:0, allow: [192.0.2.0/24] }\n" +
              partner_.configuration(nginx_.port(), {}, "limits: " + limits + "\nworkers: 1")} {}

    std::string request() const { return absolute_get(nginx_.authority(), "/whoami"); }
    HttpClient at(const std::string& listener) const {
        return HttpClient::tcp(proxy_.port(listener));
    }
    ProxyUnderTest& proxy() { return proxy_; }

private:
    Partner partner_;
    Nginx nginx_;
    ProxyUnderTest proxy_;
};

std::vector<HttpClient> silent_clients(const Gate& gate, const std::string& listener, int count) {
    std::vector<HttpClient> clients;
    for (int i = 0; i < count; ++i) clients.push_back(gate.at(listener));
    return clients;
}

TEST(RefusedClient, CostsNoPlaceOfThoseWhoMayConnect) {
    const Gate gate{"{ client_connections: 4 }"};
    const std::vector<HttpClient> strangers = silent_clients(gate, "shut", 200);
    std::vector<HttpClient> clients;
    const auto begin = Timer::now();

    for (int i = 0; i < 4; ++i) {
        clients.push_back(gate.at("open"));
        EXPECT_EQ(clients.back().exchange(gate.request()).status, 200);
    }

    EXPECT_LT(Timer::now() - begin, kAtOnce);
}

TEST(RefusedClient, IsToldOnceAndClosed) {
    const Gate gate{"{ client_connections: 4 }"};
    HttpClient stranger = gate.at("shut");

    const Response answer = stranger.exchange(gate.request());

    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(proxy_error(answer), "http_request_denied");
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(stranger.closed_within(kAtOnce));
    const std::string line = gate.at("shut").exchange(gate.request()).head;
    EXPECT_TRUE(line.starts_with("HTTP/1.1 403 "));
}

TEST(RefusedClient, IsAnsweredAsItsRequestAsks) {
    const Gate gate{"{ client_connections: 4 }"};

    const Response text = gate.at("shut").exchange(get("/", "x.example", "Accept: text/plain\r\n"));
    const Response head =
        gate.at("shut").exchange("HEAD / HTTP/1.1\r\nHost: x.example\r\n\r\n", true);
    const Response tunnel = gate.at("shut").exchange(connect_head("x.example:443"));
    const Response garbage = gate.at("shut").exchange("\x16\x03\x01\r\n\r\n");

    EXPECT_NE(text.body.find("is not in the listener's allow"), std::string::npos) << text.body;
    EXPECT_EQ(text.field("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(head.status, 403);
    EXPECT_EQ(tunnel.status, 403);
    EXPECT_EQ(garbage.status, 403);
}

TEST(RefusedClient, HasALineInTheAccessLog) {
    Gate gate{"{ client_connections: 4 }"};
    gate.at("shut").exchange(get("/orders?key=secret", "x.example:8443"));

    const std::string line = gate.proxy().access_lines(1).front();

    EXPECT_EQ(logged(line, "method"), "GET") << line;
    EXPECT_EQ(logged(line, "host"), "x.example");
    EXPECT_EQ(logged(line, "port"), "8443");
    EXPECT_EQ(logged(line, "path"), "/orders");
    EXPECT_EQ(logged(line, "status"), "403");
    EXPECT_EQ(logged(line, "error"), "http_request_denied");
}

TEST(RefusedClient, ThatSaysNothingIsClosedSoon) {
    const Gate gate{"{ client_connections: 4 }"};
    HttpClient stranger = gate.at("shut");
    const auto begin = Timer::now();

    EXPECT_TRUE(stranger.closed_within(kSoon));

    EXPECT_GT(Timer::now() - begin, kAtOnce) << "one that is slow has time to ask";
}

TEST(RefusedClient, ThatSpeaksWithoutEndIsAnsweredAndClosedSoon) {
    const Gate gate{"{ client_connections: 4 }"};
    HttpClient stranger = gate.at("shut");
    const auto begin = Timer::now();
    stranger.send("GET / HTTP/1.1\r\nHost: x.example\r\nX-Slow: ");

    while (Timer::now() - begin < kSoon && !stranger.closed_within(milliseconds{50})) {
        stranger.send("x");
    }

    const auto elapsed = Timer::now() - begin;
    EXPECT_LT(elapsed, kSoon);
    EXPECT_GT(elapsed, kAtOnce) << "one that is slow has time to ask";
    EXPECT_EQ(stranger.read_response().status, 403);
}

TEST(RefusedClients, AreToldOnlySoManyAtATime) {
    const Gate gate{"{ client_connections: 4 }"};
    std::vector<HttpClient> told = silent_clients(gate, "shut", 64);

    HttpClient one_more = gate.at("shut");

    EXPECT_TRUE(one_more.closed_within(kAtOnce));
    EXPECT_EQ(told.front().exchange(gate.request()).status, 403);
}

TEST(RefusedClients, DoNotKeepOneAboveTheLimitFromItsAnswer) {
    const Gate gate{"{ client_connections: 1 }"};
    const std::vector<HttpClient> strangers = silent_clients(gate, "shut", 100);
    HttpClient served = gate.at("open");
    ASSERT_EQ(served.exchange(gate.request()).status, 200);

    const Response above = gate.at("open").exchange(gate.request());

    EXPECT_EQ(above.status, 503);
    EXPECT_EQ(proxy_error(above), "connection_limit_reached");
}

TEST(RefusedClients, AboveTheLimitAreClosedSoonToo) {
    const Gate gate{"{ client_connections: 1 }"};
    HttpClient served = gate.at("open");
    ASSERT_EQ(served.exchange(gate.request()).status, 200);
    HttpClient silent = gate.at("open");
    HttpClient asking = gate.at("open");

    EXPECT_EQ(asking.exchange(gate.request()).status, 503);
    EXPECT_TRUE(asking.closed_within(kAtOnce));
    EXPECT_TRUE(silent.closed_within(kSoon));

    EXPECT_EQ(served.exchange(gate.request()).status, 200);
}

TEST(RefusedClients, DoNotHoldUpAStop) {
    Gate gate{"{ client_connections: 4 }"};
    const std::vector<HttpClient> strangers = silent_clients(gate, "shut", 10);
    HttpClient told = gate.at("shut");
    EXPECT_EQ(told.exchange(gate.request()).status, 403);
    const auto begin = Timer::now();

    EXPECT_EQ(gate.proxy().stop(), 0);

    EXPECT_LT(Timer::now() - begin, kAtOnce);
}

}  // namespace
}  // namespace countersign::tests
