#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kTold = "a TLS handshake that offered to resume a session failed";

/// A server that answers once on a connection: each request needs a handshake.
class Resumption : public testing::Test {
protected:
    /// "POST on connection 2, resumed".
    static void answer_once(Peer& peer) {
        const std::string request = peer.read_request();
        if (request.empty()) return;
        peer.write(
            ok(request.substr(0, request.find(' ')) + " on connection " +
                   std::to_string(peer.number()) + (peer.session_reused() ? ", resumed" : ""),
               "Connection: close\r\n")
        );
    }
    std::string yaml(const ScriptedServer& server, std::string_view more = {}) const {
        return partner_.configuration(server.port(), more, "workers: 1");
    }

    const Partner partner_;
};

TEST_F(Resumption, IsOffered) {
    const ScriptedServer server{partner_.strict_server(), answer_once};
    const ProxyUnderTest proxy{yaml(server)};

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "GET on connection 1");
    EXPECT_EQ(
        proxy.exchange(absolute_get(server.authority(), "/")).body, "GET on connection 2, resumed"
    );
}

TEST_F(Resumption, IsNotOfferedWhereTheProfileSaysSo) {
    const ScriptedServer server{partner_.strict_server(), answer_once};
    const ProxyUnderTest proxy{yaml(server, "tls: { session_resumption: false }")};

    for (const char* body : {"GET on connection 1", "GET on connection 2"}) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, body);
    }
}

/// One that speaks TLS 1.2, and is another process from the fourth connection on.
class ServerOfTls12 : public Resumption {
protected:
    static void answer_once(Peer& peer) {
        const std::string request = peer.read_request();
        if (request.empty()) return;
        peer.write(
            ok(peer.version() + (peer.session_reused() ? " resumed" : "") +
                   (peer.offered_tls_1_3() ? ", 1.3 offered" : ", 1.2 offered"),
               "Connection: close\r\n")
        );
    }
    ScriptedServer::Options of_tls_1_2() const {
        ScriptedServer::Options options = partner_.strict_server();
        options.max_version = TLS1_2_VERSION;
        return options;
    }
    static void expect_of_each(
        const ProxyUnderTest& proxy, const ScriptedServer& server,
        std::initializer_list<const char*> bodies
    ) {
        for (const char* const body : bodies) {
            EXPECT_EQ(proxy.exchange(absolute_post(server.authority(), "/", "x")).body, body);
        }
    }
};

TEST_F(ServerOfTls12, IsOfferedThatAloneWithItsSession) {
    const ScriptedServer server{of_tls_1_2(), answer_once};
    const ProxyUnderTest proxy{yaml(server, "retry: never")};

    expect_of_each(
        proxy, server,
        {"TLSv1.2, 1.3 offered", "TLSv1.2 resumed, 1.3 offered", "TLSv1.2 resumed, 1.2 offered",
         "TLSv1.2 resumed, 1.2 offered"}
    );
}

TEST_F(ServerOfTls12, IsOfferedAllAfterItHasDeclinedASession) {
    ScriptedServer::Options options = of_tls_1_2();
    options.restarts_at = 4;
    const ScriptedServer server{options, answer_once};
    const ProxyUnderTest proxy{yaml(server, "retry: never")};

    expect_of_each(
        proxy, server,
        {"TLSv1.2, 1.3 offered", "TLSv1.2 resumed, 1.3 offered", "TLSv1.2 resumed, 1.2 offered",
         "TLSv1.2, 1.2 offered", "TLSv1.3, 1.3 offered", "TLSv1.3 resumed, 1.3 offered"}
    );
}

/// What becomes of it, and has it fail a handshake of TLS 1.2 alone.
struct Change {
    const char* name;
    void (*change)(ScriptedServer::Options&);
};
class ServerThatLeavesTls12 : public ServerOfTls12, public testing::WithParamInterface<Change> {};

TEST_P(ServerThatLeavesTls12, IsOfferedAllAtOnce) {
    ScriptedServer::Options options = of_tls_1_2();
    options.restarts_at = 4;
    GetParam().change(options);
    const ScriptedServer server{options, answer_once};
    ProxyUnderTest proxy{yaml(server, "retry: never")};

    expect_of_each(
        proxy, server,
        {"TLSv1.2, 1.3 offered", "TLSv1.2 resumed, 1.3 offered", "TLSv1.2 resumed, 1.2 offered",
         "TLSv1.3, 1.3 offered", "TLSv1.3 resumed, 1.3 offered"}
    );
    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_EQ(proxy.log().find(kTold), std::string::npos) << proxy.log();
}

INSTANTIATE_TEST_SUITE_P(
    Changes, ServerThatLeavesTls12,
    testing::Values(
        Change{
            "TakesNoTls12AnyMore",
            [](auto& options) { options.min_version_then = TLS1_3_VERSION; }},
        // It shares no cipher suite of TLS 1.2 any more, and says so by another alert.
        Change{"ItsTls12Fails", [](auto& options) { options.careless_then = true; }}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

class ServerThatFailsToResume : public Resumption, public testing::WithParamInterface<int> {
protected:
    ScriptedServer::Options failing() const {
        ScriptedServer::Options options = partner_.strict_server();
        options.session_context = false;
        options.min_version = options.max_version = GetParam();
        return options;
    }
};

TEST_P(ServerThatFailsToResume, GetsAHandshakeWithoutASessionAtOnce) {
    const ScriptedServer server{failing(), answer_once};
    ProxyUnderTest proxy{yaml(server, "retry: never")};
    ASSERT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "GET on connection 1");

    // Nothing of it was sent: any method may.
    EXPECT_EQ(
        proxy.exchange(absolute_post(server.authority(), "/", "x")).body, "POST on connection 3"
    );

    // And none is offered then.
    for (const char* body : {"GET on connection 4", "GET on connection 5"}) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, body);
    }
    ASSERT_EQ(proxy.stop(), 0);
    const std::string log = proxy.log();
    EXPECT_NE(log.find(kTold), log.npos) << log;
    EXPECT_EQ(log.find(kTold), log.rfind(kTold)) << log;
    EXPECT_NE(log.find("TLS alert 80, internal error"), log.npos) << log;
}

INSTANTIATE_TEST_SUITE_P(
    Versions, ServerThatFailsToResume, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& row) { return row.param == TLS1_2_VERSION ? "Tls12" : "Tls13"; }
);

// A restart, or a balancer's dead end, breaks a connection too.
TEST_F(Resumption, IsBlamedWhereItBreaksAConnectionForTheSecondTime) {
    ScriptedServer::Options options = partner_.strict_server();
    options.drops_sessions = true;
    const ScriptedServer server{options, answer_once};
    ProxyUnderTest proxy{yaml(server, "retry: never")};

    for (const int connection : {1, 3, 5, 6, 7}) {
        EXPECT_EQ(
            proxy.exchange(absolute_get(server.authority(), "/")).body,
            "GET on connection " + std::to_string(connection)
        );
    }

    ASSERT_EQ(proxy.stop(), 0);
    const std::string log = proxy.log();
    EXPECT_NE(log.find(kTold), log.npos) << log;
    EXPECT_EQ(log.find(kTold), log.rfind(kTold)) << log;
}

TEST_F(Resumption, IsNotBlamedForAServerThatFailsAllHandshakes) {
    ScriptedServer::Options options = partner_.strict_server();
    options.shakes_hands_with = 1;
    options.drops_the_others = true;
    const ScriptedServer server{options, answer_once};
    // With groups of OpenSSL's own choice there may be one more thing to leave off.
    ProxyUnderTest proxy{yaml(server, "tls: { groups: [X25519] }")};
    ASSERT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);

    const Response second = proxy.exchange(absolute_get(server.authority(), "/"));
    EXPECT_EQ(second.status, 502);
    EXPECT_NE(second.body.find("closed the connection during the TLS handshake"), std::string::npos)
        << second.body;
    EXPECT_EQ(server.connections(), 3);
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 502);
    EXPECT_EQ(server.connections(), 4) << "there is no session to blame";

    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_EQ(proxy.log().find(kTold), std::string::npos);
}

}  // namespace
}  // namespace countersign::tests
