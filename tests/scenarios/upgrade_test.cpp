#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <thread>

#include "tests/scenarios/scenario.hpp"

// Upgrade: from a request to another protocol's connection, inside the profile's mutual TLS.
namespace countersign::tests {
namespace {

constexpr std::string_view kAsks = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
constexpr std::string_view kSwitched =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

std::string ask(const ScriptedServer& server, std::string_view scheme = "http") {
    return get(
        std::string{scheme} + "://" + server.authority() + "/chat", server.authority(), kAsks
    );
}

/// Switches, and says each thing that it hears, until its client has ended.
void echo(Peer& peer) {
    const std::string request = peer.read_request();
    peer.write(std::string{kSwitched} + "hello " + peer.client_subject() + ";");
    for (std::string heard = peer.read_some(); !heard.empty(); heard = peer.read_some()) {
        peer.write(heard);
    }
    peer.write(";" + request.substr(0, request.find("\r\n")));
}

TEST(Upgrade, MakesATunnelInsideMutualTls) {
    const Partner partner;
    const ScriptedServer server{partner.strict_server(), echo};
    const ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    client.send(ask(server, "ws"));
    const Response head = client.read_head();
    client.send("a frame");
    client.finish_sending();

    EXPECT_EQ(head.status, 101);
    EXPECT_EQ(head.field("Upgrade"), "websocket");
    EXPECT_EQ(head.field("Connection"), "Upgrade");
    EXPECT_EQ(client.read_until_close(), "hello CN=alice;a frame;GET /chat HTTP/1.1");
    const std::string line = proxy.access_lines(1).front();
    EXPECT_EQ(logged(line, "status"), "101");
    EXPECT_EQ(logged(line, "bytes_in"), "7");
    EXPECT_EQ(logged(line, "error"), "-");
    EXPECT_EQ(logged(line, "method"), "GET");
    EXPECT_EQ(logged(line, "path"), "/chat");
}

TEST(Upgrade, PassesMuchBothWaysAtOnce) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write(kSwitched);
                                    std::size_t heard = 0;
                                    std::string some;
                                    while (!(some = peer.read_some()).empty()) {
                                        heard += some.size();
                                        peer.write(some);
                                    }
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    client.send(ask(server));
    ASSERT_EQ(client.read_head().status, 101);
    std::string sent;
    for (std::size_t i = 0; sent.size() < 8'000'000; ++i) sent += std::to_string(i) + ' ';

    std::thread writer{[&] {
        client.send(sent);
        client.finish_sending();
    }};
    const std::string heard = client.read_until_close();
    writer.join();

    EXPECT_TRUE(heard == sent) << heard.size() << " of " << sent.size();
}

TEST(Upgrade, HearsTheServersEnd) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write(std::string{kSwitched} + "bye");
                                    peer.close_cleanly();
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    client.send(ask(server));

    EXPECT_EQ(client.read_head().status, 101);
    EXPECT_EQ(client.read_until_close(), "bye");
    client.finish_sending();
    EXPECT_EQ(logged(proxy.access_lines(1).front(), "error"), "-");
}

/// Why a client sees its connection reset, and what the log says of it.
struct Cut {
    std::string_view name;
    void (*end)(Peer& peer);
    std::string_view cause;
};

TEST(Upgrade, WhatIsCutIsResetAndTold) {
    const Partner partner;
    for (const Cut& cut : {
             Cut{"reset", [](Peer& peer) { peer.cut(); },
                 "connection of a tunnel reset by 127.0.0.1"},
             Cut{"no close_notify", [](Peer& peer) { peer.close_without_notice(); },
                 "connection of a tunnel cut short by 127.0.0.1"},
         }) {
        const ScriptedServer server{partner.server(), [&](Peer& peer) {
                                        peer.read_request();
                                        peer.write(kSwitched);
                                        peer.read_some();
                                        cut.end(peer);
                                    }};
        const ProxyUnderTest proxy{partner.configuration(server.port())};
        HttpClient client = proxy.connect();
        client.send(ask(server));
        ASSERT_EQ(client.read_head().status, 101) << cut.name;

        client.send("a frame");
        char byte = 0;
        wait_until("the reset has come", [&] {
            return ::recv(client.descriptor(), &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNRESET;
        });

        const std::string line = proxy.access_lines(1).front();
        EXPECT_EQ(logged(line, "error"), "connection_terminated") << cut.name;
        EXPECT_EQ(logged(line, "cause"), cut.cause) << cut.name;
    }
}

TEST(Upgrade, EndsWhenItIsIdle) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    peer.read_request();
                                    peer.write(kSwitched);
                                    peer.read_some();
                                }};
    const ProxyUnderTest proxy{
        partner.configuration(server.port(), {}, "limits: { tunnel_idle: 200ms }")};
    HttpClient client = proxy.connect();
    client.send(ask(server));
    ASSERT_EQ(client.read_head().status, 101);

    EXPECT_TRUE(client.closed_within(kPatience));

    EXPECT_EQ(logged(proxy.access_lines(1).front(), "error"), "connection_read_timeout");
}

TEST(Upgrade, ThatIsDeclinedLeavesBothConnectionsToTheNextRequest) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    while (!peer.read_request().empty()) {
                                        peer.write(
                                            "HTTP/1.1 426 Upgrade Required\r\n"
                                            "Connection: Upgrade\r\nUpgrade: irc\r\n"
                                            "Content-Length: 2\r\n\r\nno"
                                        );
                                    }
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    EXPECT_EQ(client.exchange(ask(server)).status, 426);
    const Response again = client.exchange(ask(server));

    EXPECT_EQ(again.status, 426);
    EXPECT_EQ(again.body, "no");
    EXPECT_EQ(server.connections(), 1);
}

TEST(Upgrade, IsRefusedWhereTheProfileSaysSo) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    while (!peer.read_request().empty()) {
                                        peer.write("HTTP/1.1 204 No Content\r\n\r\n");
                                    }
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), "upgrade: refuse")};
    HttpClient client = proxy.connect();

    const Response refused = client.exchange(ask(server));

    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(proxy_error(refused), "http_request_denied");
    EXPECT_NE(
        refused.body.find(
            "The request asks for another protocol on its connection (Upgrade: websocket), and "
            "profile 'partner' says upgrade: refuse."
        ),
        std::string::npos
    ) << refused.body;
    EXPECT_EQ(server.connections(), 0);
    // Java's HttpClient asks for h2c with its first request: that is none.
    const std::string java =
        get("http://" + server.authority() + "/", server.authority(),
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n");
    EXPECT_EQ(client.exchange(java).status, 204);
}

TEST(Upgrade, OutlivesTheFirstStepOfAStop) {
    const Partner partner;
    const ScriptedServer server{partner.server(), echo};
    ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();
    client.send(ask(server));
    ASSERT_EQ(client.read_head().status, 101);

    proxy.process().send_signal(SIGTERM);
    wait_until("it drains", [&] { return proxy.log().find("draining") != std::string::npos; });
    client.send("still here");
    client.finish_sending();

    EXPECT_NE(client.read_until_close().find("still here"), std::string::npos);
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

}  // namespace
}  // namespace countersign::tests
