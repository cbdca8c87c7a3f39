#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <future>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/listening_sockets.hpp"

namespace countersign::tests {
namespace {

/// A server without TLS.
ScriptedServer::Options plain() { return {}; }

TEST(Tunnel, PassesOnWhatCameBehindTheHead) {
    const ScriptedServer server{plain(), [](Peer& peer) {
                                    std::string heard;
                                    while (heard.size() < 11) heard += peer.read_some();
                                    peer.write("heard " + heard);
                                }};
    const ProxyUnderTest proxy{local_tunnels()};
    HttpClient client = proxy.connect();

    client.send(connect_head(server.authority()) + "early bytes");
    const Response head = client.read_head();
    client.finish_sending();

    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(client.read_until_close(), "heard early bytes");
    EXPECT_EQ(logged(proxy.access_lines(1).front(), "bytes_in"), "11");
}

TEST(Tunnel, WhatFollowsARefusedOneIsNoRequest) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    for (const std::string& top : {local_tunnels(), std::string{"unmatched: reject"}}) {
        const ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, top)};
        HttpClient client = proxy.connect();

        client.send(connect_head(nginx.authority()) + absolute_get(nginx.authority(), "/smuggled"));
        const Response refused = client.read_response();

        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(refused.field("Connection"), "close");
        EXPECT_EQ(client.read_until_close(), "");
        EXPECT_EQ(proxy.access_lines(1).size(), 1U);
    }
}

TEST(Tunnel, PassesHalfClosesBothWays) {
    std::promise<bool> client_end;
    const ScriptedServer server{plain(), [&](Peer& peer) {
                                    while (!peer.read_some().empty()) {
                                    }
                                    client_end.set_value(true);
                                    peer.write("answer after the client's end");
                                }};
    const ProxyUnderTest proxy{local_tunnels()};
    HttpClient client = open_tunnel(proxy, server.authority());

    client.send("question");
    client.finish_sending();

    EXPECT_TRUE(client_end.get_future().get());
    EXPECT_EQ(client.read_until_close(), "answer after the client's end");
    EXPECT_EQ(logged(proxy.access_lines(1).front(), "error"), "-");
}

TEST(Tunnel, PassesAReset) {
    const ScriptedServer server{plain(), [](Peer& peer) {
                                    peer.read_some();
                                    peer.cut();
                                }};
    const ProxyUnderTest proxy{local_tunnels()};
    HttpClient client = open_tunnel(proxy, server.authority());

    client.send("question");
    char byte = 0;
    wait_until("the reset has come", [&] {
        return ::recv(client.descriptor(), &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNRESET;
    });

    const std::string line = proxy.access_lines(1).front();
    EXPECT_EQ(logged(line, "error"), "connection_terminated");
    EXPECT_EQ(logged(line, "cause"), "connection of a tunnel reset by 127.0.0.1");
    EXPECT_EQ(logged(line, "address"), server.authority());
    proxy.log_line_with(
        {" info " + server.authority() + ": 502 connection_terminated: " + server.authority() +
         " reset the connection of a tunnel. Let the application try again;"}
    );
}

TEST(Tunnel, EndsWhenItIsIdle) {
    const ScriptedServer server{plain(), [](Peer& peer) {
                                    peer.write("hello");
                                    peer.read_some();
                                }};
    const ProxyUnderTest proxy{local_tunnels() + "limits: { tunnel_idle: 200ms }\n"};
    HttpClient client = open_tunnel(proxy, server.authority());

    EXPECT_TRUE(client.closed_within(kPatience));

    const std::string line = proxy.access_lines(1).front();
    EXPECT_EQ(logged(line, "error"), "connection_read_timeout");
    EXPECT_EQ(logged(line, "cause"), "tunnel to 127.0.0.1 idle for too long");
    EXPECT_GE(std::stoul(logged(line, "total_us")), 200'000U);
    proxy.log_line_with(
        {" info " + server.authority() +
         ": 504 connection_read_timeout: Nothing passed through a tunnel to " + server.authority() +
         " for limits.tunnel_idle, so it was ended. "}
    );
}

TEST(Tunnel, HoldsAPlaceAmongTheClientConnections) {
    const ScriptedServer server{plain(), [](Peer& peer) { peer.read_some(); }};
    const ProxyUnderTest proxy{local_tunnels() + "limits: { client_connections: 1 }\n"};
    {
        const HttpClient client = open_tunnel(proxy, server.authority());
        EXPECT_EQ(proxy.exchange(connect_head("a.example:443")).status, 503);
    }
    wait_until("the place is free again", [&] {
        return proxy.exchange(absolute_get("a.example", "/")).status == 403;
    });
}

TEST(Tunnel, GoesOnWhileTheProxyDrainsAndIsResetWhenThatIsOver) {
    const ScriptedServer server{plain(), [](Peer& peer) {
                                    for (std::string got = peer.read_some(); !got.empty();
                                         got = peer.read_some()) {
                                        peer.write(got);
                                    }
                                }};
    ProxyUnderTest proxy{local_tunnels() + "shutdown: { drain: 1s }\n"};
    HttpClient client = open_tunnel(proxy, server.authority());

    const ListeningSockets listening{proxy.port()};
    proxy.process().send_signal(SIGTERM);
    listening.wait_until_closed();
    client.send("HTTP/1.1 200 OK\r\n\r\n");

    EXPECT_EQ(client.read_head().status, 200) << "bytes pass during the drain";
    EXPECT_TRUE(client.closed_within(kPatience));
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
    const std::string line = proxy.access_lines(1).front();
    EXPECT_EQ(logged(line, "error"), "proxy_internal_response");
    EXPECT_EQ(logged(line, "cause"), "proxy is stopping");
}

TEST(Tunnel, ThatEndsDuringTheDrainLetsTheProxyEnd) {
    const ScriptedServer server{plain(), [](Peer& peer) { peer.read_some(); }};
    ProxyUnderTest proxy{local_tunnels() + "shutdown: { drain: 1h }\n"};
    HttpClient client = open_tunnel(proxy, server.authority());

    const ListeningSockets listening{proxy.port()};
    proxy.process().send_signal(SIGTERM);
    listening.wait_until_closed();
    client.finish_sending();

    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

}  // namespace
}  // namespace countersign::tests
