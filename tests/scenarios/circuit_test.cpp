#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>
#include <string>

#include "tests/scenarios/operator.hpp"
#include "tests/scenarios/scenario.hpp"
#include "tests/support/listening_socket.hpp"

// A destination that cannot be connected to is not hammered.
namespace countersign::tests {
namespace {

constexpr std::string_view kOneWorker = "workers: 1";

TEST(Circuit, OpensAfterFiveFailuresAndClosesWhenTheServerIsThere) {
    const Partner partner;
    const LoopbackPort down;
    const std::string authority = "127.0.0.1:" + std::to_string(down.number);
    const ProxyUnderTest proxy{
        partner.configuration(down.number, "timeouts: { handshake: 200ms }", kOneWorker)};
    const std::string request = absolute_get(authority, "/");
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(proxy_error(proxy.exchange(request)), "connection_refused") << i;
    }

    const Response refused = proxy.exchange(request);

    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(proxy_error(refused), "destination_unavailable");
    EXPECT_EQ(refused.field("Retry-After"), "1");
    EXPECT_NE(
        refused.body.find(
            "Nothing listens at " + authority +
            " (connection refused). It was so several times in a row. Therefore it is left alone "
            "for a while, half a minute at most, and then tried by one request before others."
        ),
        std::string::npos
    ) << refused.body;
    EXPECT_NE(refused.body.find("that the server runs"), std::string::npos) << refused.body;
    proxy.log_line_with(
        {" info upstream " + authority +
         ": 5 connections in a row have failed (Connection refused); it is left alone"}
    );

    ASSERT_EQ(::listen(down.v4.get(), 16), 0);
    wait_until("it is tried again", [&] {
        return proxy_error(proxy.exchange(request)) != "destination_unavailable";
    });

    proxy.log_line_with({" info upstream " + authority + ": it can be connected to again"});
    EXPECT_EQ(proxy_error(proxy.exchange(request)), "connection_timeout");
}

TEST(Circuit, OfAnotherPortOfTheAddressIsAnother) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    while (!peer.read_request().empty()) peer.write(ok("there"));
                                }};
    const ClosedPort closed;
    const ProxyUnderTest proxy{partner.configuration(server.port(), {}, kOneWorker)};
    ASSERT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);

    const std::string other = "127.0.0.1:" + std::to_string(closed.port());
    for (int i = 0; i < 7; ++i) proxy.exchange(absolute_get(other, "/"));

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "there");
    EXPECT_EQ(server.connections(), 1);
}

TEST(Circuit, OfOneDeadAddressDoesNotKeepFromTheOthers) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write(ok("there", "Connection: close\r\n"));
                                }};
    const std::string both = "connect_to: \"" + both_loopbacks(server.port()) + '"';
    const ProxyUnderTest proxy{partner.configuration(server.port(), both, kOneWorker)};

    // ::1 comes first, and nothing listens there.
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200) << i;
    }
    if (has_ipv6()) proxy.log_line_with({"]:" + std::to_string(server.port()) + ": 5 connections"});
}

TEST(Circuit, KeepsNobodyFromAConnectionThatThereIs) {
    const Partner partner;
    std::promise<void> released;
    const std::shared_future<void> release = released.get_future().share();
    ScriptedServer server{partner.server(), [&](Peer& peer) {
                              for (;;) {
                                  const std::string request = peer.read_request();
                                  if (request.empty()) return;
                                  if (request.starts_with("GET /slow")) release.wait();
                                  peer.write(ok("there"));
                              }
                          }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), {}, kOneWorker)};
    const std::string request = absolute_get(server.authority(), "/");
    HttpClient slow = proxy.connect();
    slow.send(absolute_get(server.authority(), "/slow"));
    wait_until("the slow one is there", [&] { return server.handshakes() == 1; });
    server.stop_listening();
    wait_until("its circuit is open", [&] {
        return proxy_error(proxy.exchange(request)) == "destination_unavailable";
    });

    released.set_value();
    EXPECT_EQ(slow.read_response().body, "there");

    EXPECT_EQ(proxy.exchange(request).body, "there");
    EXPECT_EQ(server.connections(), 1);
}

TEST(Circuit, IsCounted) {
    const Partner partner;
    const ClosedPort closed;
    const ProxyUnderTest proxy{
        partner.configuration(closed.port(), {}, "workers: 1\nadmin: { address: 127.0.0.1:0 }")};
    const std::string other = "127.0.0.1:" + std::to_string(closed.port());
    for (int i = 0; i < 7; ++i) proxy.exchange(absolute_get(other, "/"));

    const std::string told = ask_admin(proxy.admin_port(), "GET", "/metrics").body;

    EXPECT_NE(told.find("\ncountersign_upstream_circuits_open 1\n"), std::string::npos) << told;
    EXPECT_NE(told.find("\ncountersign_upstream_circuits_opened_total 1\n"), std::string::npos);
    EXPECT_NE(told.find("\ncountersign_upstream_circuit_refusals_total 2\n"), std::string::npos);
}

TEST(Circuit, IsInTheStatusByItsDestinationAndReason) {
    const Partner partner;
    const ClosedPort closed;
    const std::string port = std::to_string(closed.port());
    const ProxyUnderTest proxy{partner.configuration(
        closed.port(), "connect_to: 127.0.0.1:" + port,
        "workers: 2\nadmin: { address: 127.0.0.1:0 }"
    )};
    EXPECT_TRUE(has(ask_admin(proxy.admin_port(), "GET", "/status").body, R"("circuits":[])"));
    const std::string destination = "127.0.0.1:" + port;
    for (int i = 0; i < 24; ++i) proxy.exchange(absolute_get(destination, "/"));

    const std::string told = ask_admin(proxy.admin_port(), "GET", "/status").body;

    const std::string start = R"("circuits":[{"address":")" + destination + R"(","destination":")" +
                              destination + R"(","reason":"Connection refused","failures":)";
    EXPECT_TRUE(has(told, start)) << told;
}

}  // namespace
}  // namespace countersign::tests
