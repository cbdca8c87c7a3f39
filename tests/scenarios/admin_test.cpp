#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "tests/scenarios/operator.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

class Admin : public OperatorTest {};

TEST_F(Admin, SaysThatTheProxyIsWell) {
    const ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    const Response health = ask_admin(proxy.admin_port(), "GET", "/healthz");
    EXPECT_EQ(health.status, 200);
    EXPECT_EQ(health.body, "ok\n");
    EXPECT_EQ(health.field("Cache-Control"), "no-store");
    const Response ready = ask_admin(proxy.admin_port(), "GET", "/readyz");
    EXPECT_EQ(ready.status, 200);
    EXPECT_EQ(ready.body, "ready\n");
    const Response head = ask_admin(proxy.admin_port(), "HEAD", "/readyz");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Length"), "6");
}

TEST_F(Admin, SaysWhichIdentityHasExpired) {
    partner_.write_identity(
        "old", partner_.issuer().issue(
                   {.common_name = "old",
                    .not_before = std::chrono::hours{-3},
                    .not_after = std::chrono::hours{-1},
                    .client_auth = true}
               )
    );
    const std::string old = (partner_.files() / "old.pem").string();
    const ProxyUnderTest proxy{
        "certificates: [{ name: old, type: pem_key_store, file: " + old +
        " }]\nprofiles: [{ name: legacy, hosts: [a.example], key_store: old }]\n"
        "admin: { address: 127.0.0.1:0 }\n"};
    const Response ready = ask_admin(proxy.admin_port(), "GET", "/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_TRUE(
        has(ready.body,
            "Profile 'legacy': its identity 'CN=old' (certificate record 'old') expired on 20")
    ) << ready.body;
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);
}

TEST_F(Admin, KeepsManyQuestionsOnOneConnection) {
    const ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    HttpClient client = HttpClient::tcp(proxy.admin_port());
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client.exchange("GET /readyz HTTP/1.1\r\nHost: [::1]\r\n\r\n").status, 200);
    }
}

TEST_F(Admin, AnswersWhatIsNoRequestAndWhatItDoesNotHave) {
    const ProxyUnderTest proxy{yaml()};
    const Response nothing = ask_admin(proxy.admin_port(), "GET", "/nothing");
    EXPECT_EQ(nothing.status, 404);
    EXPECT_TRUE(has(nothing.body, "There is no /nothing here.")) << nothing.body;
    EXPECT_TRUE(has(nothing.body, "  GET  /metrics  for Prometheus")) << nothing.body;
    const Response method = ask_admin(proxy.admin_port(), "GET", "/reload", bearer());
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.field("Allow"), "POST");
    HttpClient client = HttpClient::tcp(proxy.admin_port());
    EXPECT_EQ(client.exchange("NO REQUEST\r\n\r\n").status, 400);
    EXPECT_TRUE(client.closed_within(kPatience));
    HttpClient large = HttpClient::tcp(proxy.admin_port());
    EXPECT_EQ(
        large.exchange("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n").status, 400
    );
}

TEST_F(Admin, LetsNobodyChangeAnythingWithoutTheToken) {
    const ProxyUnderTest proxy{yaml()};
    for (const std::string_view call : {"/reload", "/drain", "/quit", "/log?level=debug"}) {
        const Response none = ask_admin(proxy.admin_port(), "POST", call);
        EXPECT_EQ(none.status, 401) << call;
        EXPECT_EQ(none.field("WWW-Authenticate"), "Bearer");
        EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", call, bearer("0123456789")).status, 401);
    }
    for (const std::string_view call : {"/status", "/config"}) {
        EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", call).status, 401) << call;
        EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", call, bearer()).status, 200) << call;
    }
    EXPECT_TRUE(proxy.process().running());
    EXPECT_FALSE(has(proxy.log(), "reload")) << proxy.log();
}

TEST_F(Admin, LetsNobodyChangeAnythingWhereThereIsNoToken) {
    const ProxyUnderTest proxy{
        partner_.configuration(server_.port(), {}, "admin: { address: 127.0.0.1:0 }\n")};
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/quit", bearer()).status, 403);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/status").status, 200);
    EXPECT_TRUE(proxy.process().running());
}

TEST_F(Admin, RefusesAPageOfAnotherSite) {
    const ProxyUnderTest proxy{yaml()};
    HttpClient client = HttpClient::tcp(proxy.admin_port());
    EXPECT_EQ(client.exchange("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
    EXPECT_EQ(
        ask_admin(proxy.admin_port(), "POST", "/quit", bearer() + "Sec-Fetch-Site: cross-site\r\n")
            .status,
        403
    );
    EXPECT_TRUE(proxy.process().running());
}

TEST_F(Admin, AnswersAProbeWhoeverHoldsConnectionsInSilence) {
    const ProxyUnderTest proxy{yaml()};
    wait_until_ready(proxy);
    std::vector<HttpClient> silent;
    for (int i = 0; i < 80; ++i) silent.push_back(HttpClient::tcp(proxy.admin_port()));
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);
    EXPECT_TRUE(silent.front().closed_within(kPatience)) << "who was silent longest has gone";
}

TEST_F(Admin, TellsWhatIsServedAndNoSecret) {
    const ProxyUnderTest proxy{yaml("clients: [{ name: billing, password: swordfish }]\n")};
    wait_until_ready(proxy);
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server_), "CN=alice on connection 1");
    const std::string status = ask_admin(proxy.admin_port(), "GET", "/status", bearer()).body;
    for (const std::string_view part :
         {"\"ready\":true", "\"clients\":1,", "\"upstream_idle\":1,", "\"name\":\"apps\"",
          "\"identity\":\"CN=alice\"", "\"record\":\"alice\",\"role\":\"leaf\"",
          "\"former_generations\":0"}) {
        EXPECT_TRUE(has(status, part)) << part << " in " << status;
    }
    const std::string config = ask_admin(proxy.admin_port(), "GET", "/config", bearer()).body;
    EXPECT_TRUE(has(config, "\"key_store\":\"alice\"")) << config;
    EXPECT_TRUE(has(config, "\"name\":\"billing\"")) << config;
    EXPECT_FALSE(has(config, "swordfish")) << config;
    EXPECT_FALSE(has(status, "swordfish")) << status;
}

TEST_F(Admin, SetsTheLogsLevelUntilTheNextReload) {
    ProxyUnderTest proxy{yaml()};
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/log?level=loud", bearer()).status, 400);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/log?level=debug", bearer()).status, 200);
    HttpClient client = proxy.connect();
    ask(client, server_);
    wait_until("its story is told", [&] { return has(proxy.log(), " debug "); });
    proxy.reload(yaml());
    const std::size_t before = proxy.log().size();
    HttpClient later = proxy.connect();
    ask(later, server_);
    EXPECT_FALSE(has(proxy.log().substr(before), " debug client")) << proxy.log();
}

TEST_F(Admin, AnswersThroughAUnixSocket) {
    const auto path = partner_.files() / "admin.sock";
    const ProxyUnderTest proxy{partner_.configuration(
        server_.port(), {}, "admin: { address: \"unix:" + path.string() + "\", mode: \"0600\" }\n"
    )};
    HttpClient client = HttpClient::unix_socket(path);
    EXPECT_EQ(client.exchange("GET /status HTTP/1.1\r\nHost: any.thing\r\n\r\n").status, 200);
    EXPECT_EQ(client.exchange("POST /quit HTTP/1.1\r\nHost: x\r\n\r\n").status, 403)
        << "whoever can ask can not stop it";
    const auto rights = std::filesystem::status(path).permissions();
    EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Admin, RefusesTheStartWhereItsOwnAddressIsTaken) {
    const ListeningSocket taken;
    const RefusedStart refused = start_expecting_refusal(
        "listeners: [{ name: apps, address: 127.0.0.1:0 }]\nadmin: { address: 127.0.0.1:" +
        std::to_string(taken.port()) + " }\n"
    );
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.message, "listener 'admin'")) << refused.message;
}

TEST_F(Admin, KeepsAShortTokenOut) {
    const auto file = partner_.files().write("short.token", "secret\n");
    const RefusedStart refused = start_expecting_refusal(
        "listeners: [{ name: apps, address: 127.0.0.1:0 }]\n"
        "admin: { address: 127.0.0.1:0, token: { file: " +
        file.string() + " } }\n"
    );
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(has(refused.message, "admin.token: it is shorter than 16 characters"))
        << refused.message;
}

TEST_F(Admin, GoesOnAnsweringWhileADrainLasts) {
    std::promise<void> asked;
    std::promise<void> may_answer;
    const ScriptedServer slow{partner_.server(), [&](Peer& peer) {
                                  if (peer.read_request().empty()) return;
                                  asked.set_value();
                                  may_answer.get_future().wait_for(kPatience);
                                  peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                              }};
    ProxyUnderTest proxy{
        "workers: 2\n" + partner_.configuration(slow.port(), {}, admin_with_token(partner_))};
    HttpClient client = proxy.connect();
    client.send(absolute_get(slow.authority(), "/"));
    asked.get_future().wait();

    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/drain", bearer()).body, "Draining.\n");
    wait_until("it is not ready any more", [&] {
        return ask_admin(proxy.admin_port(), "GET", "/readyz").status == 503;
    });
    EXPECT_EQ(ask_admin(proxy.admin_port(), "GET", "/healthz").status, 200);
    EXPECT_EQ(ask_admin(proxy.admin_port(), "POST", "/reload", bearer()).status, 409);
    EXPECT_TRUE(
        has(ask_admin(proxy.admin_port(), "GET", "/metrics").body, "\ncountersign_draining 1\n")
    );
    may_answer.set_value();
    EXPECT_EQ(client.read_response().body, "ok");
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

/// A kubelet's preStop hook drains, and then the kubelet sends SIGTERM.
TEST_F(Admin, TakesTheFirstSignalOfAStopForNoSecondOne) {
    std::promise<void> asked;
    std::promise<void> may_answer;
    const ScriptedServer slow{partner_.server(), [&](Peer& peer) {
                                  if (peer.read_request().empty()) return;
                                  asked.set_value();
                                  may_answer.get_future().wait_for(kPatience);
                                  peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                              }};
    ProxyUnderTest proxy{partner_.configuration(slow.port(), {}, admin_with_token(partner_))};
    HttpClient client = proxy.connect();
    client.send(absolute_get(slow.authority(), "/"));
    asked.get_future().wait();
    ask_admin(proxy.admin_port(), "POST", "/drain", bearer());
    wait_until("the drain has begun", [&] { return has(proxy.log(), "POST /drain: draining"); });

    proxy.process().send_signal(SIGTERM);
    wait_until("the signal is heard", [&] {
        return has(proxy.log(), "SIGTERM: stopping already; the next one stops at once");
    });
    may_answer.set_value();

    EXPECT_EQ(client.read_response().body, "ok");
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

/// A tunnel to it would make a caller of this machine of everybody.
TEST_F(Admin, IsNoDestination) {
    const ProxyUnderTest proxy{local_tunnels() + "admin: { address: 127.0.0.1:0 }\n"};
    const std::string admin = "127.0.0.1:" + std::to_string(proxy.admin_port());
    const Response refused = proxy.exchange(connect_head(admin));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(proxy_error(refused), "destination_ip_prohibited");
}

/// A job's sidecar: the main container is done, and the pod is to be.
TEST_F(Admin, EndsAtOnceWhenAsked) {
    ProxyUnderTest proxy{yaml("shutdown: { delay: 60s, drain: 60s }\n")};
    HttpClient idle = proxy.connect();
    ASSERT_EQ(ask(idle, server_), "CN=alice on connection 1");
    const auto start = std::chrono::steady_clock::now();

    const Response answer = ask_admin(proxy.admin_port(), "POST", "/quit", bearer());

    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{30});
}

TEST_F(Admin, QuitsOutOfTheDelayOfADrain) {
    ProxyUnderTest proxy{yaml("shutdown: { delay: 60s }\n")};
    ask_admin(proxy.admin_port(), "POST", "/drain", bearer());
    wait_until("the delay has begun", [&] { return has(proxy.log(), "listening for 60000 ms"); });
    EXPECT_EQ(proxy.connect().exchange(absolute_get(server_.authority(), "/")).status, 200);
    ask_admin(proxy.admin_port(), "POST", "/quit", bearer());
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

TEST(AdminDefault, IsAWarningWhereSomebodyElseHasIt) {
    // Whoever has it, be it another test's proxy: two of them cannot.
    const ProxyUnderTest first{"profiles: []\nadmin: {}\n"};
    const ProxyUnderTest second{"profiles: []\nadmin: {}\n"};
    EXPECT_TRUE(has(second.log(), "no admin address: no health, metrics or status."))
        << second.log();
    EXPECT_TRUE(has(second.log(), "127.0.0.1:9901")) << second.log();
    EXPECT_EQ(second.connect().exchange(absolute_get("a.example", "/")).status, 403);
}

}  // namespace
}  // namespace countersign::tests
