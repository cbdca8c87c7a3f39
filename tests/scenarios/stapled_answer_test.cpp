#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>

#include "tests/scenarios/who_asks.hpp"
#include "tests/support/ocsp_answer.hpp"
#include "tests/support/revocation_list.hpp"

namespace countersign::tests {
namespace {

/// Servers that bring an OCSP answer with their certificate, or do not.
class StapledAnswer : public testing::TestWithParam<int> {
protected:
    StapledAnswer() {
        partner_.files().write("root.crl", crl_pem(partner_.root(), {}));
        use(partner_.issue_server());
    }

    /// The server's certificate from now on.
    void use(Issued issued) {
        server_ = std::move(issued);
        partner_.files().write("stapled.pem", server_.chain_pem());
        partner_.files().write("stapled.key", server_.key_pem());
    }
    Issued demanding() const {
        return partner_.issuer().issue(
            {.common_name = "localhost",
             .ip_addresses = {"127.0.0.1"},
             .server_auth = true,
             .must_staple = true}
        );
    }
    std::string answer(const OcspSpec& spec) const {
        return ocsp_answer(partner_.issuer(), server_.certificate.get(), spec);
    }
    std::string revoked() const {
        return answer(
            {.status = V_OCSP_CERTSTATUS_REVOKED, .reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE}
        );
    }

    ScriptedServer::Options options(const std::string& staple) const {
        ScriptedServer::Options options = partner_.strict_server();
        options.certificate = partner_.files() / "stapled.pem";
        options.key = partner_.files() / "stapled.key";
        options.ocsp_answer = staple;
        options.max_version = GetParam();
        return options;
    }
    std::string configuration(std::uint16_t port, const std::string& tls) const {
        return partner_.configuration(port, "tls: { " + tls + " }", "workers: 1");
    }
    /// With the list that says of the intermediate authority what no server brings.
    std::string hard() const {
        return "revocation: hard, crl: [" + (partner_.files() / "root.crl").string() + "]";
    }
    /// What a request to such a server comes to.
    Response ask(const std::string& staple, const std::string& tls) const {
        const ScriptedServer server{options(staple), serve};
        const ProxyUnderTest proxy{configuration(server.port(), tls)};
        return proxy.exchange(absolute_get(server.authority(), "/"));
    }
    static void serve(Peer& peer) {
        while (!peer.read_request().empty()) peer.write(ok(peer.client_subject()));
    }

    const Partner partner_;
    Issued server_;
};

TEST_P(StapledAnswer, KeepsIdentityAndRequestFromARevokedServer) {
    partner_.files().write("revoked.der", revoked());
    Nginx::Options nginx_options = partner_.nginx();
    nginx_options.certificate = partner_.files() / "stapled.pem";
    nginx_options.key = partner_.files() / "stapled.key";
    nginx_options.protocols = GetParam() == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3";
    nginx_options.extra =
        "ssl_stapling on; ssl_stapling_file " + (partner_.files() / "revoked.der").string() + ";";
    Nginx nginx{nginx_options};
    const ProxyUnderTest proxy{configuration(nginx.port(), "revocation: soft")};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_certificate_error");
    EXPECT_TRUE(has(response.body, "'CN=localhost' was revoked on ")) << response.body;
    EXPECT_TRUE(
        has(response.body, " UTC (key compromise), says the OCSP answer that the server sent.")
    ) << response.body;
    EXPECT_TRUE(nginx.end_and_read_log().empty());
}

TEST_P(StapledAnswer, IsAskedForUnlessRevocationIsOff) {
    EXPECT_EQ(ask(revoked(), "revocation: off").status, 200);
    EXPECT_EQ(ask(revoked(), "revocation: soft").status, 502);
    EXPECT_EQ(ask(answer({}), "revocation: soft").status, 200);
    EXPECT_EQ(ask("", "revocation: soft").status, 200);
}

TEST_P(StapledAnswer, IsEnoughForHardWhereItIsGoodAndOfToday) {
    EXPECT_EQ(ask(answer({}), hard()).status, 200);

    using std::chrono::hours;
    const struct {
        std::string staple;
        std::string text;
    } kOthers[] = {
        {"", "and the server sent no OCSP answer. With tls.revocation: hard that is refused."},
        {answer({.this_update = -hours{9}, .next_update = -hours{1}}),
         "and the OCSP answer that the server sent ended on "},
        {answer({.status = V_OCSP_CERTSTATUS_UNKNOWN}),
         "and the OCSP answer that the server sent says that its authority does not know the "
         "certificate."},
        {"none", "and the OCSP answer that the server sent cannot be read."},
    };
    for (const auto& [staple, text] : kOthers) {
        const Response response = ask(staple, hard());
        EXPECT_EQ(response.status, 502) << text;
        EXPECT_TRUE(has(response.body, text)) << response.body;
        EXPECT_TRUE(
            has(response.body,
                "no list of 'CN=Partner Issuing CA' that would have it is in tls.crl of "
                "profile 'partner', ")
        ) << response.body;
    }
}

// What nobody brings is asked of lists alone.
TEST_P(StapledAnswer, SaysNothingOfTheAuthoritiesAboveForHard) {
    const Response response = ask(answer({}), "revocation: hard");

    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(
        has(response.body, "whether its authority 'CN=Partner Issuing CA' is revoked is not known")
    ) << response.body;
}

TEST_P(StapledAnswer, IsDemandedByACertificateThatSaysSo) {
    use(demanding());
    for (const std::string& rule : {std::string{"revocation: soft"}, hard()}) {
        EXPECT_EQ(ask(answer({}), rule).status, 200) << rule;
        const Response response = ask("", rule);
        EXPECT_EQ(response.status, 502);
        EXPECT_TRUE(
            has(response.body,
                "'CN=localhost' says that its server brings an OCSP answer (must-staple), and the "
                "server sent no OCSP answer.")
        ) << response.body;
    }
    EXPECT_EQ(ask("", "revocation: off").status, 200);
}

// A server that resumes shows no certificate and brings no answer.
TEST_P(StapledAnswer, StandsForTheSessionsThatDescendFromIt) {
    use(demanding());
    std::atomic<int> resumed = 0;
    const ScriptedServer server{options(answer({})), [&](Peer& peer) {
                                    if (peer.session_reused()) ++resumed;
                                    if (!peer.read_request().empty()) {
                                        peer.write(ok("whole", "Connection: close\r\n"));
                                    }
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), hard())};

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    }

    EXPECT_GT(resumed, 0);
}

// A good one leaves nothing that others would be asked.
TEST_P(StapledAnswer, StandsForTheSessionsThatDescendFromItUntilItsEnd) {
    constexpr std::chrono::seconds kHolds{3};
    const auto end = std::chrono::system_clock::now() + kHolds;
    std::atomic<int> resumed = 0;
    const ScriptedServer server{options(answer({.next_update = kHolds})), [&](Peer& peer) {
                                    if (peer.session_reused()) ++resumed;
                                    if (!peer.read_request().empty()) {
                                        peer.write(ok("whole", "Connection: close\r\n"));
                                    }
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), "revocation: soft")};
    const auto ask = [&] { return proxy.exchange(absolute_get(server.authority(), "/")).status; };
    EXPECT_EQ(ask(), 200);
    EXPECT_EQ(ask(), 200);
    EXPECT_EQ(resumed, 1);

    wait_until("its end", [&] { return std::chrono::system_clock::now() > end; });

    EXPECT_EQ(ask(), 200) << "the server brings an old one, which says nothing";
    EXPECT_EQ(resumed, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Versions, StapledAnswer, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& version) { return version.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3"; }
);

}  // namespace
}  // namespace countersign::tests
