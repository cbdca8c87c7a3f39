#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// Answers the first request of its first connection, and drops that connection when the second has
/// come. Later connections answer everything.
class DropsTheSecondRequest {
public:
    explicit DropsTheSecondRequest(const Partner& partner)
        : server{partner.server(), [this](Peer& peer) {
                     for (int n = 1; !peer.read_request().empty(); ++n) {
                         ++requests;
                         if (peer.number() == 1 && n == 2) return peer.cut();
                         peer.write(ok("answered"));
                     }
                 }} {}

    std::atomic<int> requests = 0;
    ScriptedServer server;
};

/// Its first connections answer one request each, once all of them are there, and drop the second.
class DropsTheSecondRequestOfEach {
public:
    explicit DropsTheSecondRequestOfEach(const Partner& partner)
        : server{partner.server(), [this](Peer& peer) {
                     for (int n = 1; !peer.read_request().empty(); ++n) {
                         ++requests;
                         const bool stale = peer.number() <= kStale;
                         if (stale && n == 2) return peer.cut();
                         wait_until("all have come", [&] { return requests >= kStale; });
                         peer.write(ok("answered"));
                     }
                 }} {}

    static constexpr int kStale = 3;
    std::atomic<int> requests = 0;
    ScriptedServer server;
};

TEST(Retry, HappensOnceHoweverManyConnectionsAreStale) {
    const Partner partner;
    DropsTheSecondRequestOfEach upstream{partner};
    const ProxyUnderTest proxy{
        partner.configuration(upstream.server.port(), "retry: idempotent", "workers: 1")};
    const std::string request = absolute_get(upstream.server.authority(), "/");
    std::vector<HttpClient> clients;
    for (int i = 0; i < DropsTheSecondRequestOfEach::kStale; ++i) {
        clients.push_back(proxy.connect());
        clients.back().send(request);
    }
    for (HttpClient& client : clients) ASSERT_EQ(client.read_response().status, 200);

    const Response response = clients.front().exchange(request);

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(upstream.requests, DropsTheSecondRequestOfEach::kStale + 2);
}

struct RetryRow {
    std::string name;
    std::string rule;
    std::string method;
    bool sent_again;
    friend void PrintTo(const RetryRow& row, std::ostream* out) { *out << row.name; }
};
class RetryRule : public testing::TestWithParam<RetryRow> {};

TEST_P(RetryRule, AfterTheServerDroppedAReusedConnectionFollowsTheRule) {
    const Partner partner;
    DropsTheSecondRequest upstream{partner};
    const ProxyUnderTest proxy{
        partner.configuration(upstream.server.port(), GetParam().rule, "workers: 1")};
    const std::string authority = upstream.server.authority();
    HttpClient client = proxy.connect();
    ASSERT_EQ(client.exchange(absolute_get(authority, "/")).status, 200);

    const std::string request = GetParam().method + " http://" + authority +
                                "/ HTTP/1.1\r\nHost: " + authority +
                                "\r\nContent-Length: 4\r\n\r\nbody";
    const Response response = client.exchange(request);

    EXPECT_EQ(response.status, GetParam().sent_again ? 200 : 502);
    EXPECT_EQ(upstream.requests, GetParam().sent_again ? 3 : 2);
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, RetryRule,
    testing::Values(
        RetryRow{"PostIfUnsent", "retry: if_unsent", "POST", false},
        RetryRow{"PostIdempotent", "retry: idempotent", "POST", false},
        RetryRow{"PostNever", "retry: never", "POST", false},
        RetryRow{"GetIfUnsent", "retry: if_unsent", "GET", false},
        RetryRow{"GetIdempotent", "retry: idempotent", "GET", true},
        RetryRow{"GetNever", "retry: never", "GET", false},
        RetryRow{"GetByDefault", "", "GET", true}, RetryRow{"PostByDefault", "", "POST", false},
        RetryRow{"PutIdempotent", "retry: idempotent", "PUT", true}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(Retry, NeverHappensOnAFreshConnection) {
    const Partner partner;
    std::atomic<int> requests = 0;
    const ScriptedServer server{partner.server(), [&](Peer& peer) {
                                    if (!peer.read_request().empty()) ++requests;
                                    peer.cut();
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), "retry: idempotent")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(requests, 1);
}

TEST(IdleConnection, ThatTheServerClosedIsNotUsed) {
    const Partner partner;
    std::atomic<int> closes = 0;  // so many connections have rested long enough
    const ScriptedServer server{
        partner.server(), [&](Peer& peer) {
            if (!peer.read_request().empty()) peer.write(ok(std::to_string(peer.number())));
            wait_until("it may close", [&] { return closes >= peer.number(); });
            peer.close_cleanly();
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), "retry: never", "workers: 1")};
    HttpClient client = proxy.connect();

    // Who took the dead connection would get a 502: a POST is not sent twice.
    for (int i = 1; i <= 5; ++i) {
        const Response response = client.exchange(absolute_post(server.authority(), "/", "x"));
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, std::to_string(i));
        closes = i;
        wait_until("the server has closed", [&] { return server.open() == 0; });
    }
    closes = 1000;  // whatever came beyond

    EXPECT_EQ(server.connections(), 5);
}

}  // namespace
}  // namespace countersign::tests
