#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/apache.hpp"

namespace countersign::tests {
namespace {

constexpr std::size_t kBody = std::size_t{3} << 20;

/// A server that asks for the client certificate when it has read the request's head, and only
/// where the path is below /secret.
class LateIdentity : public testing::Test {
protected:
    using Behaviour = ScriptedServer::Behaviour;

    ScriptedServer::Options late(int version) const {
        ScriptedServer::Options options = partner_.strict_server();
        options.asks_late = true;
        options.min_version = options.max_version = version;
        return options;
    }
    std::string yaml(std::uint16_t port, std::string_view more = {}) const {
        return partner_.configuration(port, more, "workers: 1");
    }

    const Partner partner_;
};

/// "CN=alice on connection 1, 3 bytes"; "nobody" where no certificate came.
void answer(Peer& peer, std::size_t body) {
    const std::string who = peer.client_subject().empty() ? "nobody" : peer.client_subject();
    peer.write(
        ok(who + " on connection " + std::to_string(peer.number()) + ", " + std::to_string(body) +
           " bytes")
    );
}

void ask_late(Peer& peer) {
    for (;;) {
        const std::string head = peer.read_head();
        if (head.empty()) return;
        const bool secret = head.find(" /secret") != std::string::npos;
        if (head.starts_with("GET")) {
            if (secret && !(peer.ask_for_certificate() && peer.wait_for_certificate())) return;
            answer(peer, 0);
            continue;
        }
        // In the middle of the body, which goes on.
        std::size_t read = peer.read_some().size();
        if (secret) peer.ask_for_certificate();
        while (read < kBody) {
            const std::size_t more = peer.read_some().size();
            if (more == 0) return;
            read += more;
        }
        if (secret && !peer.wait_for_certificate()) return;
        answer(peer, read);
    }
}

class LateIdentityOfAVersion : public LateIdentity, public testing::WithParamInterface<int> {
protected:
    static std::string_view rules() {
        return GetParam() == TLS1_2_VERSION ? "tls: { renegotiation: once }" : "";
    }
};

TEST_P(LateIdentityOfAVersion, IsPresentedOnANewConnection) {
    const ScriptedServer server{late(GetParam()), ask_late};
    const ProxyUnderTest proxy{yaml(server.port(), rules())};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/secret"));

    EXPECT_EQ(response.body, "CN=alice on connection 1, 0 bytes");
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "identity"), "CN=alice");
}

TEST_P(LateIdentityOfAVersion, IsPresentedOnAPooledConnection) {
    const ScriptedServer server{late(GetParam()), ask_late};
    const ProxyUnderTest proxy{yaml(server.port(), rules())};
    HttpClient client = proxy.connect();
    ASSERT_EQ(
        client.exchange(absolute_get(server.authority(), "/open")).body,
        "nobody on connection 1, 0 bytes"
    );

    EXPECT_EQ(
        client.exchange(absolute_get(server.authority(), "/secret")).body,
        "CN=alice on connection 1, 0 bytes"
    );
    EXPECT_EQ(
        client.exchange(absolute_get(server.authority(), "/open")).body,
        "CN=alice on connection 1, 0 bytes"
    );
}

TEST_P(LateIdentityOfAVersion, IsPresentedInTheMiddleOfAnUpload) {
    const ScriptedServer server{late(GetParam()), ask_late};
    const ProxyUnderTest proxy{yaml(server.port(), rules())};

    const Response response =
        proxy.exchange(absolute_post(server.authority(), "/secret", std::string(kBody, 'x')));

    EXPECT_EQ(response.body, "CN=alice on connection 1, " + std::to_string(kBody) + " bytes");
}

// It asks when it has read nothing of the body, and there is more of that than the sockets hold:
// the question comes in the middle of a record.
TEST_P(LateIdentityOfAVersion, IsPresentedWhileTheServerReadsNoMoreOfTheUpload) {
    const ScriptedServer server{late(GetParam()), [](Peer& peer) {
                                    const std::string head = peer.read_head();
                                    peer.wait_until_full();
                                    peer.ask_for_certificate();
                                    std::size_t read = 0;
                                    while (read < 8 * kBody) {
                                        const std::size_t more = peer.read_some().size();
                                        if (more == 0) return;
                                        read += more;
                                    }
                                    peer.wait_for_certificate();
                                    answer(peer, read);
                                }};
    const ProxyUnderTest proxy{yaml(server.port(), rules())};

    const Response response =
        proxy.exchange(absolute_post(server.authority(), "/secret", std::string(8 * kBody, 'x')));

    EXPECT_EQ(response.body, "CN=alice on connection 1, " + std::to_string(8 * kBody) + " bytes");
}

TEST_P(LateIdentityOfAVersion, IsPresentedToApache) {
    const ScriptedServer::Options files = partner_.strict_server();
    const Apache apache{
        {files.certificate, files.key, files.client_ca,
         GetParam() == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"}};
    const ProxyUnderTest proxy{yaml(apache.port(), rules())};
    HttpClient client = proxy.connect();

    const Response open = client.exchange(absolute_get(apache.authority(), "/open"));
    EXPECT_EQ(open.status, 200);
    EXPECT_EQ(open.field("X-Subject"), "(null)");

    const Response secret = client.exchange(absolute_get(apache.authority(), "/secret/file"));
    EXPECT_EQ(secret.status, 200) << secret.body;
    EXPECT_EQ(secret.field("X-Subject"), "CN=alice");

    // With a body, on a connection that has not shown the certificate.
    const Response posted =
        proxy.exchange(absolute_post(apache.authority(), "/secret/file", std::string(kBody, 'x')));
    EXPECT_EQ(posted.status, 200) << posted.body;
    EXPECT_EQ(posted.field("X-Subject"), "CN=alice");
}

INSTANTIATE_TEST_SUITE_P(
    Versions, LateIdentityOfAVersion, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& row) { return row.param == TLS1_2_VERSION ? "Tls12" : "Tls13"; }
);

TEST_F(LateIdentity, IsAskedForOnce) {
    // The server's word may come after the client's answer.
    std::promise<bool> asked_in_vain;
    const ScriptedServer server{late(TLS1_2_VERSION), [&](Peer& peer) {
                                    const bool shown = !peer.read_head().empty() &&
                                                       peer.ask_for_certificate() &&
                                                       peer.wait_for_certificate();
                                    asked_in_vain.set_value(shown && peer.asks_again_in_vain());
                                }};
    const ProxyUnderTest proxy{yaml(server.port(), "retry: never, tls: { renegotiation: once }")};

    proxy.exchange(absolute_get(server.authority(), "/secret"));

    std::future<bool> said = asked_in_vain.get_future();
    ASSERT_EQ(said.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_TRUE(said.get());
}

struct Refusal {
    const char* name;
    std::function<void(Peer&)> then;
    int status;
    const char* error;
};

/// What a server does that asks in vain.
class RefusedRenegotiation : public LateIdentity, public testing::WithParamInterface<Refusal> {};

TEST_P(RefusedRenegotiation, IsToldWithItsCure) {
    const ScriptedServer server{late(TLS1_2_VERSION), [](Peer& peer) {
                                    if (peer.read_head().empty()) return;
                                    peer.ask_for_certificate();
                                    GetParam().then(peer);
                                }};
    const ProxyUnderTest proxy{
        yaml(server.port(), "retry: never, timeouts: { response_header: 300ms }")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/secret"));

    EXPECT_EQ(response.status, GetParam().status);
    EXPECT_EQ(proxy_error(response), GetParam().error);
    const auto has = [&](std::string_view part) {
        return response.body.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has("the server asked for another TLS handshake (renegotiation)")) << response.body;
    EXPECT_TRUE(has("Set tls: { renegotiation: once } in the profile.")) << response.body;
}

INSTANTIATE_TEST_SUITE_P(
    Server, RefusedRenegotiation,
    testing::Values(
        Refusal{
            "WaitsInVain", [](Peer& peer) { peer.stays(std::chrono::minutes{1}); }, 504,
            "http_response_timeout"},
        Refusal{
            "Closes",
            [](Peer& peer) {
                peer.wait_for_bytes();
                peer.close_cleanly();
            },
            502, "http_response_incomplete"},
        Refusal{
            "Resets",
            [](Peer& peer) {
                peer.wait_for_bytes();
                peer.cut();
            },
            502, "http_response_incomplete"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST_F(LateIdentity, IsNotPresentedInTls13WhereTheProfileSaysSo) {
    const ScriptedServer server{late(TLS1_3_VERSION), ask_late};
    const ProxyUnderTest proxy{
        yaml(server.port(), "retry: never, tls: { post_handshake_auth: false }")};

    EXPECT_EQ(
        proxy.exchange(absolute_get(server.authority(), "/open")).body,
        "nobody on connection 1, 0 bytes"
    );
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/secret")).status, 502);
}

TEST_F(LateIdentity, ThatTheServerDoesNotTakeIsToldAsThat) {
    // It takes certificates of another authority.
    const Partner other;
    ScriptedServer::Options options = late(TLS1_2_VERSION);
    options.client_ca = other.strict_server().client_ca;
    const ScriptedServer server{options, ask_late};
    const ProxyUnderTest proxy{yaml(server.port(), "retry: never, tls: { renegotiation: once }")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/secret"));

    EXPECT_EQ(proxy_error(response), "tls_alert_received");
    EXPECT_NE(
        response.body.find("The server refused the client certificate 'CN=alice'"),
        std::string::npos
    ) << response.body;
}

TEST_F(LateIdentity, ThatTheServerDoesNotTakeIsToldInTheMiddleOfAnUploadToo) {
    const Partner other;
    ScriptedServer::Options options = late(TLS1_2_VERSION);
    options.client_ca = other.strict_server().client_ca;
    const ScriptedServer server{options, ask_late};
    const ProxyUnderTest proxy{yaml(server.port(), "retry: never, tls: { renegotiation: once }")};

    const Response response =
        proxy.exchange(absolute_post(server.authority(), "/secret", std::string(kBody, 'x')));

    EXPECT_EQ(proxy_error(response), "tls_alert_received") << response.body;
}

TEST_F(LateIdentity, IsToldOfAServerThatAsksASecondTime) {
    const ScriptedServer server{late(TLS1_2_VERSION), [](Peer& peer) {
                                    if (peer.read_head().empty()) return;
                                    peer.ask_for_certificate();
                                    if (peer.wait_for_certificate()) peer.asks_again_in_vain();
                                }};
    const ProxyUnderTest proxy{yaml(server.port(), "retry: never, tls: { renegotiation: once }")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/secret"));

    EXPECT_NE(response.body.find("for the second time"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace countersign::tests
