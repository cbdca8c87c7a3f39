#include <atomic>
#include <chrono>

#include "tests/scenarios/fetched_revocation.hpp"

namespace countersign::tests {
namespace {

/// What is found out, or changes, while connections are made and serve.
class RevocationMeanwhile : public FetchedRevocation {};

// A server that resumes shows no certificate: what its full handshake left open counts.
TEST_F(RevocationMeanwhile, SessionsAreResumedAsLongAsTheAnswerHolds) {
    put_ocsp({});
    std::atomic<int> resumed = 0;
    const ScriptedServer server{options(), [&](Peer& peer) {
                                    if (peer.session_reused()) ++resumed;
                                    serve_once(peer);
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), hard())};

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    }

    EXPECT_EQ(resumed, 2);
}

TEST_F(RevocationMeanwhile, AReloadHoldsForWhatComesBehindIt) {
    site_.hang("/ocsp");
    const ScriptedServer server{options(), serve};
    ProxyUnderTest proxy{configuration(server.port(), hard())};
    HttpClient waiting = proxy.connect();
    waiting.send(absolute_get(server.authority(), "/"));
    wait_until("the responder is asked", [&] { return site_.asked("/ocsp") == 1; });

    proxy.reload(configuration(server.port(), "revocation: off"));

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    const Response late = waiting.read_response();
    EXPECT_EQ(late.status, 502) << "it began under the rules before";
    EXPECT_TRUE(has(late.body, "no whole answer within 5s")) << late.body;
}

// The server shows its certificate once more.
TEST_F(RevocationMeanwhile, IsNotAskedAgainWhereTheServerWantsAnotherHandshake) {
    put_ocsp({});
    ScriptedServer::Options late = options();
    late.asks_late = true;
    late.max_version = TLS1_2_VERSION;
    const ScriptedServer server{late, [](Peer& peer) {
                                    if (peer.read_request().empty()) return;
                                    if (!peer.ask_for_certificate()) return;
                                    if (!peer.wait_for_certificate()) return;
                                    peer.write(ok(peer.client_subject()));
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), hard() + ", renegotiation: once")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.body, "CN=alice") << response.head << response.body;
    EXPECT_EQ(site_.asked("/ocsp"), 1);
}

TEST_F(RevocationMeanwhile, AStopDoesNotWaitForAResponderThatHangs) {
    site_.hang("/ocsp");
    const ScriptedServer server{options(), serve};
    ProxyUnderTest proxy{
        configuration(server.port(), hard(), "workers: 1\nshutdown: { drain: 100ms }")};
    HttpClient waiting = proxy.connect();
    waiting.send(absolute_get(server.authority(), "/"));
    wait_until("the responder is asked", [&] { return site_.asked("/ocsp") == 1; });
    const auto began = std::chrono::steady_clock::now();

    EXPECT_EQ(proxy.stop(), 0);

    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{4});
}

// `soft` hands out the connection, and asks meanwhile.
TEST_F(RevocationMeanwhile, WhatIsFoundToBeRevokedLaterEndsConnections) {
    put_ocsp(revoked());
    const ScriptedServer server{options(), serve};
    const ProxyUnderTest proxy{configuration(server.port(), "revocation: soft")};
    HttpClient client = proxy.connect();
    EXPECT_EQ(client.exchange(absolute_get(server.authority(), "/")).status, 200);

    wait_until("the pooled connection has ended", [&] { return server.open() == 0; });

    const Response response = client.exchange(absolute_get(server.authority(), "/"));
    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(has(response.body, "'CN=localhost' was revoked on ")) << response.body;
    EXPECT_TRUE(
        has(proxy.log(), "revocation: 'CN=localhost' of 'CN=Partner Issuing CA' was revoked")
    ) << proxy.log();
}

// It has shown no certificate itself.
TEST_F(RevocationMeanwhile, WhatIsFoundToBeRevokedLaterEndsWhatWasResumed) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        put_ocsp({.next_update = std::chrono::seconds{4}});
        ScriptedServer::Options its = options();
        its.max_version = version;
        std::atomic<int> resumed = 0;
        const ScriptedServer server{its, [&](Peer& peer) {
                                        if (!peer.session_reused()) return serve_once(peer);
                                        ++resumed;
                                        serve(peer);
                                    }};
        const ProxyUnderTest proxy{configuration(server.port(), "revocation: soft")};
        for (int i = 0; i < 2; ++i) {
            EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
        }
        EXPECT_EQ(resumed, 1);
        EXPECT_EQ(server.open(), 1);

        put_ocsp(revoked());
        wait_until("the pooled connection has ended", [&] { return server.open() == 0; });

        const Response response = proxy.exchange(absolute_get(server.authority(), "/"));
        EXPECT_EQ(response.status, 502);
        EXPECT_TRUE(has(response.body, "'CN=localhost' was revoked on ")) << response.body;
    }
}

}  // namespace
}  // namespace countersign::tests
