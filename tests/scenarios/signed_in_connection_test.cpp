#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/scenarios/ntlm_server.hpp"

namespace countersign::tests {
namespace {

constexpr std::chrono::milliseconds kSoon = std::chrono::seconds{5};
using Closes = NtlmServer::Options::Closes;

/// A client of the proxy with one connection, which it keeps, and an account at the server.
class Caller {
public:
    Caller(const ProxyUnderTest& proxy, const NtlmServer& server, std::string user)
        : client_{proxy.connect()}, authority_{server.authority()}, user_{std::move(user)} {}

    Response get(const std::string& fields = {}) { return ask(fields); }
    Response begin() { return ask("Authorization: NTLM " + ntlm_begin() + "\r\n"); }
    Response finish() {
        return ask("Authorization: NTLM " + ntlm_finish() + "\r\nX-User: " + user_ + "\r\n");
    }
    /// Both steps; the last one's answer.
    Response sign_in() {
        EXPECT_EQ(begin().status, 401);
        return finish();
    }
    HttpClient& client() { return client_; }
    std::string version = "HTTP/1.1";

private:
    Response ask(const std::string& fields) {
        return client_.exchange(
            "GET http://" + authority_ + "/ " + version + "\r\nHost: " + authority_ + "\r\n" +
            (version == "HTTP/1.0" ? "Connection: keep-alive\r\n" : "") + fields + "\r\n"
        );
    }

    HttpClient client_;
    std::string authority_;
    std::string user_;
};

std::string one_worker(
    const Partner& partner, const NtlmServer& server, std::string_view more = {}
) {
    return partner.configuration(server.server().port(), more, "workers: 1");
}

class SignedInClients : public testing::TestWithParam<std::string> {};

TEST_P(SignedInClients, InterleavedHaveEachTheirOwnConnection) {
    const Partner partner;
    const NtlmServer server{partner};
    const ProxyUnderTest proxy{one_worker(partner, server)};
    Caller alice{proxy, server, "alice"};
    Caller bob{proxy, server, "bob"};
    alice.version = bob.version = GetParam();

    EXPECT_EQ(alice.get().status, 401);
    EXPECT_EQ(bob.get().status, 401);
    EXPECT_EQ(alice.begin().status, 401);
    EXPECT_EQ(bob.begin().status, 401);
    const Response bobs = bob.finish();
    const Response alices = alice.finish();

    EXPECT_EQ(value_of(alices.body, "user"), "alice");
    EXPECT_EQ(value_of(bobs.body, "user"), "bob");
    EXPECT_NE(value_of(alices.body, "connection"), value_of(bobs.body, "connection"));
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(alice.get().body, alices.body);
        EXPECT_EQ(bob.get().body, bobs.body);
    }
    EXPECT_EQ(server.strays(), 0);
    EXPECT_EQ(server.server().connections(), 2);
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, SignedInClients, testing::Values("HTTP/1.1", "HTTP/1.0"),
    [](const auto& row) { return row.param == "HTTP/1.1" ? "Http11" : "Http10"; }
);

TEST(SignedInClient, GoesOnThroughARenewalThatOverlaps) {
    const Partner partner;
    const NtlmServer server{partner};
    ProxyUnderTest proxy{one_worker(partner, server, "rotation: { overlap: 1h }")};
    Caller alice{proxy, server, "alice"};
    ASSERT_EQ(alice.begin().status, 401);

    partner.write_identity("alice", partner.issue_client("alice renewed"));
    proxy.reload();
    // Somebody's idle connection of today's identity is not hers.
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 401);

    const Response signed_in = alice.finish();
    EXPECT_EQ(value_of(signed_in.body, "user"), "alice");
    EXPECT_EQ(alice.get().body, signed_in.body);
    EXPECT_EQ(server.strays(), 0);
}

TEST(SignedInClient, LeavesNobodyItsConnection) {
    const Partner partner;
    const NtlmServer server{partner};
    const ProxyUnderTest proxy{one_worker(partner, server)};
    Caller nobody{proxy, server, "nobody"};
    {
        Caller alice{proxy, server, "alice"};
        ASSERT_EQ(alice.sign_in().status, 200);
        EXPECT_EQ(nobody.get().status, 401) << "while she is there";
    }

    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 401)
            << "when she has gone";
    }
    EXPECT_EQ(nobody.get().status, 401);
}

TEST(SignedInClient, ThatDoesNotKeepItsConnectionLeavesNobodyIts) {
    const Partner partner;
    const NtlmServer server{partner};
    const ProxyUnderTest proxy{one_worker(partner, server)};
    Caller alice{proxy, server, "alice"};
    ASSERT_EQ(alice.begin().status, 401);

    alice.client().send(
        "GET http://" + server.authority() + "/ HTTP/1.0\r\nX-User: alice\r\nAuthorization: NTLM " +
        ntlm_finish() + "\r\n\r\n"
    );

    EXPECT_EQ(value_of(alice.client().read_response().body, "user"), "alice");
    EXPECT_TRUE(alice.client().closed_within(kSoon));
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 401);
}

/// Answers each request with the number of its connection, and takes whoever sends a credential at
/// once, without a word of it in the response: Kerberos in one step.
class OneStepServer {
public:
    explicit OneStepServer(const Partner& partner)
        : server_{partner.server(), [](Peer& peer) {
                      while (!peer.read_request().empty()) {
                          peer.write(ok(std::to_string(peer.number())));
                      }
                  }} {}
    std::uint16_t port() const { return server_.port(); }
    std::string get(const std::string& fields = {}) const {
        return absolute_get(server_.authority(), "/", fields);
    }
    std::string sign_in(const std::string& scheme) const {
        return get("Authorization: " + scheme + " YIIabc\r\n");
    }

private:
    ScriptedServer server_;
};

TEST(ClientThatSignsInInOneStep, HasItsConnectionForItself) {
    for (const std::string scheme : {"Negotiate", "NTLM"}) {
        const Partner partner;
        const OneStepServer server{partner};
        const ProxyUnderTest proxy{partner.configuration(server.port(), {}, "workers: 1")};
        HttpClient alice = proxy.connect();

        ASSERT_EQ(alice.exchange(server.sign_in(scheme)).body, "1");

        EXPECT_EQ(proxy.exchange(server.get()).body, "2") << scheme;
        EXPECT_EQ(alice.exchange(server.get()).body, "1") << "it stays hers";
    }
}

TEST(ClientThatSignsInInOneStep, BeginsOnAConnectionThatNobodyHasUsed) {
    const Partner partner;
    const OneStepServer server{partner};
    const ProxyUnderTest proxy{partner.configuration(server.port(), {}, "workers: 1")};
    ASSERT_EQ(proxy.exchange(server.get()).body, "1");
    HttpClient alice = proxy.connect();

    EXPECT_EQ(alice.exchange(server.sign_in("Negotiate")).body, "2");

    EXPECT_EQ(proxy.exchange(server.get()).body, "1") << "it rests, and is anybody's";
}

struct ChallengeRow {
    std::string name;
    std::string fields;
    bool binds;
    friend void PrintTo(const ChallengeRow& row, std::ostream* out) { *out << row.name; }
};
class Challenge : public testing::TestWithParam<ChallengeRow> {};

TEST_P(Challenge, BindsTheConnectionThatItCameOn) {
    const Partner partner;
    const NtlmServer server{partner, {.asks = GetParam().fields}};
    const ProxyUnderTest proxy{one_worker(partner, server)};
    Caller first{proxy, server, "first"};
    Caller second{proxy, server, "second"};

    const Response asked = first.get();
    EXPECT_EQ(second.get().status, 401);
    EXPECT_EQ(first.get().status, 401);

    EXPECT_EQ(server.server().connections(), GetParam().binds ? 2 : 1);
    const auto support = asked.field("Proxy-Support");
    EXPECT_EQ(support.value_or(""), GetParam().binds ? "Session-Based-Authentication" : "");
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, Challenge,
    testing::Values(
        ChallengeRow{"Ntlm", "WWW-Authenticate: NTLM\r\n", true},
        ChallengeRow{"Negotiate", "www-authenticate:NEGOTIATE\r\n", true},
        ChallengeRow{
            "AmongOthers", "WWW-Authenticate: Basic realm=\"a\", Negotiate, Digest x=y\r\n", true},
        ChallengeRow{
            "InAnotherField", "WWW-Authenticate: Basic\r\nWWW-Authenticate: ntlm\r\n", true},
        ChallengeRow{"Basic", "WWW-Authenticate: Basic realm=\"NTLM\"\r\n", false}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(SignedInClient, IsNotRetriedElsewhereWhenItsConnectionFails) {
    const Partner partner;
    const NtlmServer server{partner, {.closes = Closes::on_request}};
    const ProxyUnderTest proxy{one_worker(partner, server, "retry: idempotent")};
    Caller alice{proxy, server, "alice"};
    ASSERT_EQ(alice.sign_in().status, 200);
    const int before = server.requests();

    const Response lost = alice.get("Accept: text/plain\r\n");

    EXPECT_EQ(lost.status, 502);
    EXPECT_EQ(proxy_error(lost), "http_response_incomplete");
    EXPECT_NE(lost.body.find("this client's own (NTLM or Negotiate)"), std::string::npos)
        << lost.body;
    EXPECT_TRUE(alice.client().closed_within(kSoon)) << "it ends with its upstream connection";
    EXPECT_EQ(server.requests(), before + 1);
}

TEST(SignedInClient, IsToldWhenTheServerClosedBetweenTwoSteps) {
    const Partner partner;
    const NtlmServer server{partner, {.closes = Closes::after_challenge}};
    const ProxyUnderTest proxy{one_worker(partner, server, "retry: idempotent")};
    Caller alice{proxy, server, "alice"};
    ASSERT_EQ(alice.begin().status, 401);

    const Response lost = alice.finish();

    EXPECT_EQ(lost.status, 502);
    EXPECT_EQ(proxy_error(lost), "http_response_incomplete");
    EXPECT_TRUE(alice.client().closed_within(kSoon));
    EXPECT_EQ(server.strays(), 0);
    EXPECT_EQ(server.server().connections(), 1);
}

TEST(SignedInClient, BeginsAnewWhereTheServerClosedBetweenTwoRequests) {
    const Partner partner;
    const NtlmServer server{partner, {.closes = Closes::after_sign_in}};
    const ProxyUnderTest proxy{one_worker(partner, server)};
    Caller alice{proxy, server, "alice"};

    for (int i = 1; i <= 3; ++i) {
        const Response signed_in = alice.sign_in();
        EXPECT_EQ(value_of(signed_in.body, "connection"), std::to_string(i));
        // Its close may be noticed only by who asks it next.
        wait_until("the server's close", [&] { return server.server().open() == 0; });
    }
    EXPECT_EQ(server.strays(), 0);
}

TEST(SignedInClient, IsNotCutOffBetweenTwoStepsByThePoolsRules) {
    const Partner partner;
    const NtlmServer server{partner};
    const ProxyUnderTest proxy{
        one_worker(partner, server, "pool: { max_requests: 1, max_age: 1ms, idle_timeout: 1ms }")};
    Caller alice{proxy, server, "alice"};

    EXPECT_EQ(alice.sign_in().status, 200);
    EXPECT_EQ(alice.get().status, 401) << "after it they hold as ever";
}

TEST(SignedInClient, TakesOneOfThePoolsPlaces) {
    const Partner partner;
    const NtlmServer server{partner};
    const ProxyUnderTest proxy{
        one_worker(partner, server, "pool: { max_connections: 1 }, timeouts: { connect: 100ms }")};
    Caller nobody{proxy, server, "nobody"};
    {
        Caller alice{proxy, server, "alice"};
        ASSERT_EQ(alice.sign_in().status, 200);

        const Response refused = nobody.get();

        EXPECT_EQ(refused.status, 503);
        EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
        EXPECT_EQ(alice.get().status, 200);
    }
    wait_until("the place of the client that left", [&] { return nobody.get().status == 401; });
}

TEST(SignedInClient, EndsWithADrain) {
    const Partner partner;
    const NtlmServer server{partner};
    ProxyUnderTest proxy{one_worker(partner, server)};
    Caller alice{proxy, server, "alice"};
    Caller bob{proxy, server, "bob"};
    ASSERT_EQ(alice.sign_in().status, 200);
    ASSERT_EQ(bob.begin().status, 401);

    EXPECT_EQ(proxy.stop(), 0);

    EXPECT_TRUE(alice.client().closed_within(kSoon));
    EXPECT_TRUE(bob.client().closed_within(kSoon));
    wait_until("both upstream connections to end", [&] { return server.server().open() == 0; });
}

TEST(SignedInClient, MayBeCurl) {
    const Partner partner;
    const NtlmServer server{partner};
    const ProxyUnderTest proxy{one_worker(partner, server)};
    const std::string url = "http://" + server.authority() + "/";

    const std::vector<std::string> how = {
        "-sS",          "--fail",
        "-x",           "http://127.0.0.1:" + std::to_string(proxy.port()),
        "--ntlm",       "-u",
        "alice:secret", "-H",
        "X-User: alice"};
    std::vector<std::string> command = {"curl"};
    command.insert(command.end(), how.begin(), how.end());
    command.insert(command.end(), {url, url, "--next", "-d", "posted"});
    command.insert(command.end(), how.begin(), how.end());
    command.push_back(url);

    const std::string body = run(command);

    const std::string once = "user=alice\nconnection=1\n";
    EXPECT_EQ(body, once + once + once);
    EXPECT_EQ(server.strays(), 0);
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 401);
}

}  // namespace
}  // namespace countersign::tests
