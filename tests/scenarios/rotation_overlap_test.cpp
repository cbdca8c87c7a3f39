#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {
namespace {

/// A key store that is renewed while connections of the identity before it rest.
class RotationOverlap : public testing::Test {
protected:
    std::string yaml(const std::string& overlap, const std::string& more = "") const {
        return "workers: 1\nlisteners: [{ name: apps, address: 127.0.0.1:0, tell_identity: true "
               "}]\n" +
               partner_.configuration(
                   server_.port(), "rotation: { overlap: " + overlap + " }" + more
               );
    }
    void renew() const { partner_.write_identity("alice", partner_.issue_client("alice renewed")); }

    const Partner partner_;
    const ScriptedServer server_ = who_asks(partner_);
};

TEST_F(RotationOverlap, LetsConnectionsOfTheIdentityBeforeServeOn) {
    ProxyUnderTest proxy{yaml("1h")};
    HttpClient client = proxy.connect();
    const Response first = client.exchange(absolute_get(server_.authority(), "/"));
    ASSERT_EQ(first.body, "CN=alice on connection 1");

    renew();
    proxy.reload();
    const Response second = client.exchange(absolute_get(server_.authority(), "/"));

    EXPECT_EQ(second.body, "CN=alice on connection 1");
    // Who asked is said of the connection, not of the profile.
    EXPECT_EQ(second.field("Countersign-Identity"), first.field("Countersign-Identity"));
    const auto lines = proxy.access_lines(2);
    EXPECT_EQ(logged(lines[1], "identity"), "CN=alice");
    EXPECT_EQ(logged(lines[1], "fingerprint"), logged(lines[0], "fingerprint"));
    EXPECT_EQ(logged(lines[1], "reused"), "yes");
}

TEST_F(RotationOverlap, OpensNoneForTheIdentityBefore) {
    const ScriptedServer server{
        partner_.strict_server(), [](Peer& peer) {
            while (!peer.read_request().empty()) {
                peer.write(ok(peer.client_subject() + " on " + std::to_string(peer.number())));
                if (peer.number() == 1) return;
            }
        }};
    ProxyUnderTest proxy{
        "workers: 1\n" +
        partner_.configuration(server.port(), "rotation: { overlap: 1h }, retry: idempotent")};
    ASSERT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "CN=alice on 1");

    renew();
    proxy.reload();
    HttpClient client = proxy.connect();

    // Whether the end of the first is seen before the request or after it: the next one is new.
    EXPECT_EQ(ask(client, server), "CN=alice renewed on 2");
    EXPECT_EQ(ask(client, server), "CN=alice renewed on 2");
}

TEST_F(RotationOverlap, PrefersTheIdentityOfToday) {
    std::atomic<bool> waits_for_body = false;
    const ScriptedServer server{partner_.strict_server(), [&](Peer& peer) {
                                    for (;;) {
                                        const std::string head = peer.read_head();
                                        if (head.empty()) return;
                                        const bool body = has(head, "Content-Length: 1");
                                        if (body) waits_for_body = true;
                                        if (body && peer.read_some(1).empty()) return;
                                        peer.write(ok(peer.client_subject()));
                                    }
                                }};
    ProxyUnderTest proxy{
        "workers: 1\n" + partner_.configuration(server.port(), "rotation: { overlap: 1h }")};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice");
    renew();
    proxy.reload();

    // While the one that rested is used, another is opened: that is today's.
    HttpClient slow = proxy.connect();
    slow.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
    );
    wait_until("the server has the head", [&] { return waits_for_body.load(); });
    EXPECT_EQ(ask(client, server), "CN=alice renewed");
    slow.send("x");
    EXPECT_EQ(slow.read_response().body, "CN=alice");

    // Both rest now.
    EXPECT_EQ(ask(client, server), "CN=alice renewed");
}

TEST_F(RotationOverlap, EndsTheirConnectionsWhenItIsOver) {
    std::atomic<int> ended = 0;
    const ScriptedServer server{partner_.strict_server(), [&](Peer& peer) {
                                    while (!peer.read_request().empty()) {
                                        peer.write(ok(peer.client_subject()));
                                    }
                                    ++ended;
                                }};
    ProxyUnderTest proxy{
        "workers: 1\n" + partner_.configuration(server.port(), "rotation: { overlap: 2s }")};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server), "CN=alice");
    renew();
    proxy.reload();

    // It would rest for 55 seconds.
    wait_until("the connection is closed", [&] { return ended == 1; });

    EXPECT_EQ(ask(client, server), "CN=alice renewed");
}

TEST_F(RotationOverlap, IsToldWithItsEnd) {
    ProxyUnderTest proxy{"log: { level: debug }\n" + yaml("1h")};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server_), "CN=alice on connection 1");

    renew();
    proxy.reload();
    ASSERT_EQ(ask(client, server_), "CN=alice on connection 1");

    ASSERT_EQ(proxy.stop(), 0);
    const std::string log = proxy.log();
    EXPECT_TRUE(has(log, "presents CN=alice renewed (sha256 ")) << log;
    EXPECT_TRUE(
        has(log, "; open connections that present the one before, CN=alice, serve on until ")
    ) << log;
    EXPECT_FALSE(has(log, "its next requests take new connections")) << log;
    EXPECT_TRUE(has(log, " on an open connection from before the renewal, identity 'CN=alice'"))
        << log;
}

TEST_F(RotationOverlap, CountsForTheLimitOfConnections) {
    std::atomic<bool> waits_for_body = false;
    const ScriptedServer server{partner_.strict_server(), [&](Peer& peer) {
                                    while (!peer.read_head().empty()) {
                                        waits_for_body = true;
                                        if (peer.read_some(1).empty()) return;
                                        peer.write(ok(peer.client_subject()));
                                    }
                                }};
    ProxyUnderTest proxy{
        "workers: 1\nlog: { level: debug }\n" +
        partner_.configuration(
            server.port(), "rotation: { overlap: 1h }, pool: { max_connections: 1 }"
        )};
    const std::string post =
        "POST http://" + server.authority() +
        "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
        "Expect: 100-continue\r\n\r\n";  // has a connection before its body is here
    HttpClient first = proxy.connect();
    first.send(post);
    wait_until("the server has the head", [&] { return waits_for_body.load(); });
    renew();
    proxy.reload();

    HttpClient second = proxy.connect();
    second.send(post + "x");
    wait_until("the second request waits", [&] {
        const std::string log = proxy.log();
        return log.find(": POST ") != log.rfind(": POST ");
    });
    first.send("x");

    EXPECT_EQ(first.read_response().body, "CN=alice");
    EXPECT_EQ(second.read_response().body, "CN=alice");
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(RotationOverlap, IsNoneWhereMoreThanTheKeyStoreChanges) {
    ProxyUnderTest proxy{yaml("1h")};
    HttpClient client = proxy.connect();
    ASSERT_EQ(ask(client, server_), "CN=alice on connection 1");

    renew();
    proxy.reload(yaml("1h", ", tls: { server_name: localhost }"));

    EXPECT_EQ(ask(client, server_), "CN=alice renewed on connection 2");
}

}  // namespace
}  // namespace countersign::tests
