#include "tests/support/revocation_list.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/scenarios/who_asks.hpp"
#include "tests/support/process.hpp"

namespace countersign::tests {
namespace {

using std::chrono::hours;

/// `tls.crl`: a partner whose authorities publish lists, as files.
class RevocationLists : public testing::Test {
protected:
    RevocationLists() {
        write_lists({});
        partner_.files().write("listed.pem", server_.chain_pem());
        partner_.files().write("listed.key", server_.key_pem());
    }

    /// Of the partner's issuing authority, and an empty one of its root beside it.
    void write_lists(const CrlSpec& spec) const {
        partner_.files().write(
            "partner.crl", crl_pem(partner_.root(), {}) + crl_pem(partner_.issuer(), spec)
        );
    }
    CrlSpec with_server() const {
        return {.revoked = {server_.certificate.get()}, .reason = CRL_REASON_KEY_COMPROMISE};
    }

    ScriptedServer::Options server() const {
        ScriptedServer::Options options = partner_.strict_server();
        options.certificate = partner_.files() / "listed.pem";
        options.key = partner_.files() / "listed.key";
        return options;
    }
    std::string configuration(std::uint16_t port, const std::string& more = {}) const {
        return partner_.configuration(port, "tls: { crl: [" + list_ + "]" + more + " }");
    }
    static void serve(Peer& peer) {
        while (!peer.read_request().empty()) peer.write(ok(peer.client_subject()));
    }
    static Response ask(const ProxyUnderTest& proxy, const std::string& authority) {
        return proxy.exchange(absolute_get(authority, "/"));
    }

    const Partner partner_;
    const Issued server_ = partner_.issue_server();
    const std::string list_ = (partner_.files() / "partner.crl").string();
};

TEST_F(RevocationLists, KeepIdentityAndRequestFromARevokedServer) {
    write_lists(with_server());
    for (const std::string protocol : {"TLSv1.2", "TLSv1.3"}) {
        Nginx::Options options = partner_.nginx();
        options.certificate = partner_.files() / "listed.pem";
        options.key = partner_.files() / "listed.key";
        options.protocols = protocol;
        Nginx nginx{options};
        const ProxyUnderTest proxy{configuration(nginx.port())};

        const Response response = ask(proxy, nginx.authority());

        EXPECT_EQ(response.status, 502);
        EXPECT_EQ(proxy_error(response), "tls_certificate_error");
        EXPECT_TRUE(has(response.body, "'CN=localhost' was revoked on ")) << response.body;
        EXPECT_TRUE(
            has(response.body,
                " UTC (key compromise), says the CRL " + list_ + " of 'CN=Partner Issuing CA'.")
        ) << response.body;
        EXPECT_TRUE(nginx.end_and_read_log().empty());
    }
}

TEST_F(RevocationLists, RefuseWhatARevokedAuthorityHasIssued) {
    partner_.files().write(
        "partner.crl", crl_der(partner_.root(), {.revoked = {partner_.issuer().certificate()}})
    );
    const ScriptedServer server{this->server(), serve};
    const ProxyUnderTest proxy{configuration(server.port())};

    const Response response = ask(proxy, server.authority());

    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(has(response.body, "its authority 'CN=Partner Issuing CA' was revoked on "))
        << response.body;
    EXPECT_EQ(server.handshakes(), 0);
}

// What rests of connections and sessions was made by what is not known any more.
TEST_F(RevocationLists, AreReadByThemselvesWhenTheyChange) {
    const ScriptedServer server{this->server(), serve};
    const ProxyUnderTest proxy{configuration(server.port(), ", revocation: hard")};
    HttpClient client = proxy.connect();
    EXPECT_EQ(client.exchange(absolute_get(server.authority(), "/")).body, "CN=alice");

    write_lists(with_server());

    wait_until("the server is refused", [&] {
        return ask(proxy, server.authority()).status == 502;
    });
    EXPECT_EQ(client.exchange(absolute_get(server.authority(), "/")).status, 502);
    wait_until("its connections have ended", [&] { return server.open() == 0; });

    write_lists({});
    wait_until("it is accepted", [&] { return ask(proxy, server.authority()).status == 200; });
}

TEST_F(RevocationLists, StayAsTheyWereWhereTheirFileIsBroken) {
    write_lists(with_server());
    const ScriptedServer server{this->server(), serve};
    const ProxyUnderTest proxy{configuration(server.port())};
    ASSERT_EQ(ask(proxy, server.authority()).status, 502);

    partner_.files().write("partner.crl", "<html>Not found</html>");

    wait_until("it is told", [&] {
        return has(
            proxy.log(), "profile 'partner': tls.crl: " + list_ + " seems to be a web page (HTML)"
        );
    });
    EXPECT_EQ(ask(proxy, server.authority()).status, 502);
}

TEST_F(RevocationLists, AreAProblemAtTheStartWhereTheyAreNone) {
    partner_.files().write("partner.crl", partner_.root().certificate_pem());

    const RefusedStart refused = start_expecting_refusal(configuration(443));

    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(
        has(refused.message, "profile 'partner': tls.crl: " + list_ +
                                 " holds no certificate revocation list (CRL): it is PEM with 1 "
                                 "certificate. Name the files")
    ) << refused.message;
}

TEST_F(RevocationLists, ThatHaveEndedAreToldAndRefusedByHardAlone) {
    write_lists({.this_update = -hours{9}, .next_update = -hours{1}});
    const ScriptedServer server{this->server(), serve};
    const std::string ended =
        "profile 'partner': tls.crl: the CRL " + list_ + " of 'CN=Partner Issuing CA' ended on ";
    for (const bool hard : {false, true}) {
        const std::string yaml = configuration(server.port(), hard ? ", revocation: hard" : "");
        const ProxyUnderTest proxy{yaml};

        const Response response = ask(proxy, server.authority());

        EXPECT_EQ(response.status, hard ? 502 : 200) << response.body;
        EXPECT_EQ(has(response.body, "With tls.revocation: hard that is refused."), hard);
        EXPECT_TRUE(has(proxy.log(), ended)) << proxy.log();
        EXPECT_TRUE(has(
            proxy.log(), hard ? " UTC; servers are refused whose chain has a certificate of that "
                                "authority (revocation: hard). Put the present list in that file's "
                                "place"
                              : " UTC; what it lists is refused, and what was revoked since is not "
                                "noticed. Put the present list in that file's place"
        )) << proxy.log();

        Process check{
            {countersign_binary(), "check", "-c", partner_.files().write("c.yaml", yaml)}};
        EXPECT_EQ(check.wait_for_exit(), hard ? 1 : 0) << check.output();
        EXPECT_TRUE(has(check.output(), (hard ? "problem: " : "warning: "))) << check.output();
        EXPECT_TRUE(has(check.output(), ended)) << check.output();
    }
}

TEST_F(RevocationLists, MustHaveACertificateOfEachAuthorityForHard) {
    partner_.files().write("partner.crl", crl_pem(partner_.issuer(), {}));
    const ScriptedServer server{this->server(), serve};
    const ProxyUnderTest soft{configuration(server.port())};
    const ProxyUnderTest hard{configuration(server.port(), ", revocation: hard")};

    EXPECT_EQ(ask(soft, server.authority()).status, 200);
    const Response response = ask(hard, server.authority());

    EXPECT_EQ(response.status, 502);
    EXPECT_TRUE(
        has(response.body,
            "whether its authority 'CN=Partner Issuing CA' is revoked is not known: no list of "
            "'CN=Partner Root' that would have it is in tls.crl of profile 'partner', and the "
            "certificate names nobody who could be asked by http.")
    ) << response.body;
}

TEST_F(RevocationLists, OfANamesakeOfATrustedAuthorityAreTold) {
    const Ca namesake = Ca::root("Partner Root");
    partner_.files().write("partner.crl", crl_pem(namesake, {}));
    const ProxyUnderTest proxy{configuration(443)};

    EXPECT_TRUE(has(
        proxy.log(), "profile 'partner': tls.crl: the CRL " + list_ +
                         " of 'CN=Partner Root' is not signed by the authority of that name that "
                         "is trusted, so nobody goes by it. Get the list of the one that is"
    )) << proxy.log();
}

TEST_F(RevocationLists, AreShownByCheckAndExplain) {
    const auto file = partner_.files().write("c.yaml", configuration(443, ", revocation: hard"));
    Process check{{countersign_binary(), "check", "-c", file}};
    Process explain{{countersign_binary(), "explain", "-c", file, "https://localhost/"}};

    EXPECT_EQ(check.wait_for_exit(), 0);
    EXPECT_EQ(explain.wait_for_exit(), 0);
    EXPECT_TRUE(has(check.output(), "revocation: hard with 1 CRL file")) << check.output();
    EXPECT_TRUE(has(explain.output(), "sessions resumed, revocation: hard with 1 CRL file"))
        << explain.output();
}

}  // namespace
}  // namespace countersign::tests
