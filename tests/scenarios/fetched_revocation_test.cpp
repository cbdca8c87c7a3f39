#include "tests/scenarios/fetched_revocation.hpp"

namespace countersign::tests {
namespace {

TEST_F(FetchedRevocation, AGoodAnswerIsEnoughForHard) {
    put_ocsp({});

    const Response response = ask(hard());

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(site_.asked("/ocsp"), 1);
    const std::string request = site_.last_request();
    EXPECT_TRUE(request.starts_with("POST /ocsp HTTP/1.1\r\n")) << request;
    EXPECT_TRUE(has(request, "Content-Type: application/ocsp-request\r\n")) << request;
}

TEST_F(FetchedRevocation, ARevokedServerGetsNoRequest) {
    put_ocsp(revoked());
    int requests = 0;
    const ScriptedServer server{options(), [&](Peer& peer) {
                                    while (!peer.read_request().empty()) ++requests;
                                }};
    const ProxyUnderTest proxy{configuration(server.port(), hard())};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_certificate_error");
    EXPECT_TRUE(has(response.body, "'CN=localhost' was revoked on ")) << response.body;
    EXPECT_TRUE(has(
        response.body, " UTC (key compromise), says the OCSP responder " + site_.url("/ocsp") + "."
    )) << response.body;
    EXPECT_EQ(requests, 0);
}

TEST_F(FetchedRevocation, AResponderThatIsDownStopsHardAlone) {
    const ClosedPort closed;
    const std::string url = "http://127.0.0.1:" + std::to_string(closed.port()) + "/";
    use(issue(partner_.issuer(), {{"authorityInfoAccess", "OCSP;URI:" + url}}));

    const Response refused = ask(hard());
    EXPECT_EQ(refused.status, 502);
    EXPECT_TRUE(has(
        refused.body,
        "whether 'CN=localhost' is revoked is not known: those that the certificate names for it "
        "did not say: " +
            url +
            " (OCSP): nothing listens there, and the server sent no OCSP answer. With "
            "tls.revocation: hard that is refused."
    )) << refused.body;
    EXPECT_TRUE(has(refused.body, "Those are servers of the authority 'CN=Partner Issuing CA'"))
        << refused.body;

    EXPECT_EQ(ask("revocation: soft").status, 200);
}

TEST_F(FetchedRevocation, AListIsFetchedFromItsDistributionPoint) {
    use(issue(partner_.issuer(), has_list()));
    site_.put("/issuing.crl", crl_der(partner_.issuer(), {}));
    EXPECT_EQ(ask(hard()).status, 200);

    site_.put("/issuing.crl", crl_der(partner_.issuer(), {.revoked = {server_.certificate.get()}}));
    const Response response = ask(hard());
    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(has(
        response.body, "says the CRL " + site_.url("/issuing.crl") + " of 'CN=Partner Issuing CA'."
    )) << response.body;
}

TEST_F(FetchedRevocation, AListFollowsAResponderThatDoesNotKnow) {
    Extensions both = asks_ocsp();
    both.push_back(has_list().front());
    use(issue(partner_.issuer(), both));
    put_ocsp({.status = V_OCSP_CERTSTATUS_UNKNOWN});
    site_.put("/issuing.crl", crl_der(partner_.issuer(), {}));

    EXPECT_EQ(ask(hard()).status, 200);

    EXPECT_EQ(site_.asked("/ocsp"), 1);
    EXPECT_EQ(site_.asked("/issuing.crl"), 1);
}

TEST_F(FetchedRevocation, AnAuthorityIsAskedAboutToo) {
    const Ca named = partner_.root().intermediate(
        {.common_name = "Named CA",
         .ca = true,
         .extensions = {{"crlDistributionPoints", "URI:" + site_.url("/root.crl")}}}
    );
    use(issue(named, asks_ocsp()));
    site_.put("/ocsp", ocsp_answer(named, server_.certificate.get(), {}));
    site_.put("/root.crl", crl_der(partner_.root(), {}));
    EXPECT_EQ(ask("revocation: hard").status, 200);

    site_.put("/root.crl", crl_der(partner_.root(), {.revoked = {named.certificate()}}));
    const Response response = ask("revocation: hard");
    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(has(response.body, "its authority 'CN=Named CA' was revoked on ")) << response.body;
}

TEST_F(FetchedRevocation, HardRefusesACertificateThatNamesNobodyToAsk) {
    using Row = std::pair<const char*, Extensions>;
    const Row kRows[] = {
        {"no pointer", {}},
        {"https", {{"authorityInfoAccess", "OCSP;URI:https://127.0.0.1/ocsp"}}},
        {"ldap", {{"crlDistributionPoints", "URI:ldap://127.0.0.1/cn=list"}}},
    };
    for (const auto& [name, extensions] : kRows) {
        use(issue(partner_.issuer(), extensions));
        const Response response = ask(hard());
        EXPECT_EQ(response.status, 502) << name;
        EXPECT_TRUE(
            has(response.body,
                "and the certificate names nobody who could be asked by http, and the "
                "server sent no OCSP answer. With tls.revocation: hard that is refused.")
        ) << name
          << response.body;
        EXPECT_EQ(ask("revocation: soft").status, 200) << name;
    }
}

TEST_F(FetchedRevocation, ARedirectIsNotFollowed) {
    put_ocsp({});
    use(issue(partner_.issuer(), {{"authorityInfoAccess", "OCSP;URI:" + site_.url("/elsewhere")}}));
    site_.put_answer(
        "/elsewhere", "HTTP/1.1 302 Found\r\nLocation: " + site_.url("/ocsp") +
                          "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );

    const Response response = ask(hard());

    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(
        has(response.body,
            site_.url("/elsewhere") + " (OCSP): it answers 302, and redirects are not followed")
    ) << response.body;
    EXPECT_EQ(site_.asked("/ocsp"), 0);
}

TEST_F(FetchedRevocation, AnAddressThatIsDeniedIsNotAsked) {
    put_ocsp({});

    const std::string denied = "http://127.0.0.9:" + std::to_string(site_.port()) + "/ocsp";
    use(issue(partner_.issuer(), {{"authorityInfoAccess", "OCSP;URI:" + denied}}));
    const Response response = ask(hard(), "workers: 1\naddresses: { deny: [127.0.0.9] }");

    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(has(response.body, denied + " (OCSP): ")) << response.body;
    EXPECT_TRUE(has(response.body, "addresses.deny")) << response.body;
    EXPECT_EQ(site_.asked("/ocsp"), 0);
}

TEST_F(FetchedRevocation, OneAnswerServesAllWorkersAndConnections) {
    put_ocsp({});
    const ScriptedServer server{options(), serve_once};
    const ProxyUnderTest proxy{
        configuration(server.port(), hard(), "workers: 4\nadmin: { address: 127.0.0.1:0 }")};

    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    }

    EXPECT_EQ(server.connections(), 12);
    EXPECT_EQ(site_.asked("/ocsp"), 1);
    const Response metrics = HttpClient::tcp(proxy.admin_port())
                                 .exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(
        has(metrics.body, "countersign_revocation_fetches_total{kind=\"ocsp\",result=\"good\"} 1\n")
    ) << metrics.body;
}

TEST_F(FetchedRevocation, AResponderThatHangsHoldsUpNobodyElse) {
    site_.hang("/ocsp");
    const ScriptedServer server{options(), serve};
    const ScriptedServer other{partner_.strict_server(), serve};
    const ProxyUnderTest proxy{
        partner_.configuration(server.port(), "tls: { " + hard() + " }") +
        "  - { name: other, hosts: [127.0.0.1], ports: [" + std::to_string(other.port()) +
        "], key_store: alice, trust: [partner-ca] }\nworkers: 1\n"};
    HttpClient waiting = proxy.connect();
    waiting.send(absolute_get(server.authority(), "/"));
    wait_until("the responder is asked", [&] { return site_.asked("/ocsp") == 1; });

    EXPECT_EQ(proxy.exchange(absolute_get(other.authority(), "/")).status, 200);

    const Response late = waiting.read_response();
    EXPECT_EQ(late.status, 502);
    EXPECT_TRUE(has(late.body, "no whole answer within 5s")) << late.body;
}

TEST_F(FetchedRevocation, TheLogTellsOfAResponderOnce) {
    site_.put_answer("/ocsp", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    const ScriptedServer server{options(), serve_once};
    const ProxyUnderTest proxy{configuration(server.port(), hard())};

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 502);
    }

    EXPECT_EQ(site_.asked("/ocsp"), 1) << "not for each request";
    const std::string line = "revocation: the OCSP responder " + site_.url("/ocsp");
    const std::size_t first = proxy.log().find(line);
    ASSERT_NE(first, std::string::npos) << proxy.log();
    EXPECT_EQ(proxy.log().find(line, first + 1), std::string::npos) << proxy.log();
}

}  // namespace
}  // namespace countersign::tests
