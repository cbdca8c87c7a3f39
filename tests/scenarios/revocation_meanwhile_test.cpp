#include <atomic>
#include <chrono>

#include "tests/scenarios/fetched_revocation.hpp"
#include "tests/scenarios/ntlm_server.hpp"

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

// NTLM and Negotiate: a connection that is one client's.
TEST_F(RevocationMeanwhile, WhatIsFoundToBeRevokedLaterEndsAClientsOwnConnection) {
    put_ocsp({.next_update = std::chrono::seconds{2}});
    const ScriptedServer server{options(), serve};
    const ProxyUnderTest proxy{configuration(server.port(), "revocation: soft")};
    HttpClient client = proxy.connect();
    const std::string sign_in =
        absolute_get(server.authority(), "/", "Authorization: Negotiate YIIabc\r\n");
    EXPECT_EQ(client.exchange(sign_in).status, 200);

    put_ocsp(revoked());
    wait_until("the client's own connection has ended", [&] { return server.open() == 0; });

    const Response response = client.exchange(absolute_get(server.authority(), "/"));
    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(has(response.body, "'CN=localhost' was revoked on ")) << response.body;
}

TEST_F(RevocationMeanwhile, WhatIsFoundToBeRevokedLaterIsNotKeptForItsClient) {
    put_ocsp({.next_update = std::chrono::seconds{2}});
    std::atomic<bool> asked = false;
    std::atomic<bool> answers = false;
    const ScriptedServer server{options(), [&](Peer& peer) {
                                    if (!has(peer.read_request(), "Negotiate")) {
                                        peer.write(ok("anybody"));
                                        return serve(peer);
                                    }
                                    asked = true;
                                    wait_until("it may answer", [&] { return answers.load(); });
                                    peer.write(ok("signed in"));
                                    serve(peer);
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), "revocation: soft")};
    HttpClient client = proxy.connect();
    client.send(absolute_get(server.authority(), "/", "Authorization: Negotiate YIIabc\r\n"));
    wait_until("it is asked", [&] { return asked.load(); });
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    EXPECT_EQ(server.open(), 2);

    put_ocsp(revoked());
    wait_until("the pooled connection has ended", [&] { return server.open() == 1; });
    answers = true;

    EXPECT_EQ(client.read_response().status, 200);
    wait_until("the client's own connection has ended", [&] { return server.open() == 0; });
}

// On another connection it could not go on.
TEST_F(RevocationMeanwhile, WhatIsFoundToBeRevokedBetweenTwoStepsIsTold) {
    put_ocsp({.next_update = std::chrono::seconds{2}});
    const std::string challenge =
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: NTLM " +
        ntlm_challenge() + "\r\n\r\n";
    const ScriptedServer server{options(), [&](Peer& peer) {
                                    for (;;) {
                                        const std::string request = peer.read_request();
                                        if (request.empty()) return;
                                        peer.write(has(request, "NTLM") ? challenge : ok("any"));
                                    }
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), "revocation: soft")};
    HttpClient client = proxy.connect();
    const auto step = [&](const std::string& token) {
        return absolute_get(server.authority(), "/", "Authorization: NTLM " + token + "\r\n");
    };
    EXPECT_EQ(client.exchange(step(ntlm_begin())).status, 401);
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    EXPECT_EQ(server.open(), 2);

    put_ocsp(revoked());
    wait_until("the pooled connection has ended", [&] { return server.open() == 1; });

    const Response lost = client.exchange(step(ntlm_finish()));
    EXPECT_EQ(lost.status, 502);
    EXPECT_EQ(proxy_error(lost), "http_response_incomplete");
    EXPECT_TRUE(has(lost.body, "The server's certificate turned out to be revoked, which ended"))
        << lost.body;
    EXPECT_TRUE(has(lost.body, "was signing in (NTLM or Negotiate)")) << lost.body;
    wait_until("its connection has ended", [&] { return server.open() == 0; });
}

}  // namespace
}  // namespace countersign::tests
