#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"
#include "tests/scenarios/server_pin.hpp"

namespace countersign::tests {
namespace {

/// A server whose certificate is for other names than its address.
struct Elsewhere {
    explicit Elsewhere(const Partner& partner)
        : issued{partner.issuer().issue(
              {.common_name = "api",
               .dns_names = {"api.partner.example", "*.wild.example"},
               .ip_addresses = {"192.0.2.7"},
               .uris = {"spiffe://partner.example/api"},
               .server_auth = true}
          )},
          nginx{
              {.certificate = partner.files().write("api.pem", issued.chain_pem()),
               .key = partner.files().write("api.key", issued.key_pem()),
               .client_ca = partner.root_file()}} {}

    std::string connect_to() const { return "connect_to: \"" + nginx.authority() + "\""; }

    Issued issued;
    Nginx nginx;
};

std::string configuration(const Partner& partner, const std::string& more) {
    return partner.certificates() +
           "profiles:\n  - { name: partner, hosts: [\"*\"], key_store: alice, trust: "
           "[partner-ca], " +
           more + " }\n";
}

Response ask(const std::string& yaml, const std::string& host) {
    const ProxyUnderTest proxy{yaml};
    return proxy.exchange(absolute_get(host, "/whoami"));
}

TEST(ConnectTo, DialsAnotherAddressAndKeepsNameAndHost) {
    const Partner partner;
    const Elsewhere server{partner};

    const Response response =
        ask(configuration(partner, server.connect_to()), "api.partner.example");

    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(response.body, "server_name"), "api.partner.example");
    EXPECT_EQ(value_of(response.body, "host"), "api.partner.example");
}

TEST(ConnectTo, IsWhatHostNamesWherePreserveHostIsFalse) {
    const Partner partner;
    const Elsewhere server{partner};

    const Response response =
        ask(configuration(partner, server.connect_to() + ", preserve_host: false"),
            "api.partner.example");

    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "host"), server.nginx.authority());
    EXPECT_EQ(value_of(response.body, "server_name"), "api.partner.example");
}

TEST(ConnectTo, IsCheckedLikeEveryAddress) {
    const Partner partner;

    const Response response =
        ask(configuration(partner, "connect_to: \"169.254.169.254:80\""), "api.partner.example");

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    EXPECT_NE(response.body.find("169.254.169.254"), std::string::npos);
}

TEST(VerifyNames, AcceptANameAnAddressAWildcardAndAUri) {
    const Partner partner;
    const Elsewhere server{partner};

    for (const std::string name :
         {"api.partner.example", "192.0.2.7", "x.wild.example", "spiffe://partner.example/api"}) {
        const Response response =
            ask(configuration(
                    partner, server.connect_to() + ", tls: { verify_names: [other.example, \"" +
                                 name + "\"] }"
                ),
                "shop.example");
        EXPECT_EQ(response.status, 200) << name << response.body;
        EXPECT_EQ(value_of(response.body, "server_name"), "shop.example") << "announced";
    }
}

// No host's name by RFC 952, and one that servers have.
TEST(ServerName, WithAnUnderscoreIsCoveredByAWildcardOfItsWholeLabel) {
    const Partner partner;
    const Elsewhere server{partner};
    const auto status = [&](const std::string& host) {
        return ask(configuration(partner, server.connect_to()), host).status;
    };

    EXPECT_EQ(status("my_api.wild.example"), 200);
    EXPECT_EQ(status("_.wild.example"), 200);
    EXPECT_EQ(status("x.my_api.wild.example"), 502);
    EXPECT_EQ(status("my_api.other.example"), 502);
    EXPECT_EQ(status("a_i.partner.example"), 502) << "no wildcard of its own";
    EXPECT_EQ(
        ask(configuration(
                partner, server.connect_to() + ", tls: { verify_names: [my_api.wild.example] }"
            ),
            "shop.example")
            .status,
        200
    );
}

TEST(VerifyNames, RefuseEveryOtherName) {
    const Partner partner;
    const Elsewhere server{partner};

    for (const std::string name :
         {"other.example", "192.0.2.8", "x.y.wild.example", "spiffe://partner.example/",
          "spiffe://partner.example/api2", "spiffe://PARTNER.example/api", "api"}) {
        const Response response =
            ask(configuration(
                    partner, server.connect_to() + ", tls: { verify_names: [\"" + name + "\"] }"
                ),
                "api.partner.example");
        EXPECT_EQ(response.status, 502) << name;
        EXPECT_EQ(proxy_error(response), "tls_certificate_error") << name;
        EXPECT_NE(response.body.find("it is not for '" + name + "'"), std::string::npos)
            << response.body;
        EXPECT_NE(response.body.find("tls.verify_names"), std::string::npos);
    }
}

TEST(NameConstraints, HoldForTheHostBehindAWildcard) {
    const Partner partner;
    const Ca constrained =
        partner.root().intermediate("Constrained", "excluded;DNS:secret.wild.example");
    const Issued issued =
        constrained.issue({.common_name = "x", .dns_names = {"*.wild.example"}, .server_auth = true}
        );
    const Nginx nginx{
        {.certificate = partner.files().write("c.pem", issued.chain_pem()),
         .key = partner.files().write("c.key", issued.key_pem()),
         .client_ca = partner.root_file()}};
    const std::string yaml = configuration(partner, "connect_to: \"" + nginx.authority() + "\"");

    EXPECT_EQ(ask(yaml, "open.wild.example").status, 200);
    const Response response = ask(yaml, "secret.wild.example");

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_certificate_error");
    EXPECT_NE(
        response.body.find("the authority 'CN=Constrained' excludes the name 'secret.wild.example'"
        ),
        std::string::npos
    ) << response.body;
}

TEST(VerifyNames, DoNotReplaceTheTrustedIssuer) {
    const Partner partner;
    const Ca stranger = Ca::root("Stranger");
    const Issued issued = stranger.issue(
        {.common_name = "x", .dns_names = {"api.partner.example"}, .server_auth = true}
    );
    const Nginx nginx{
        {.certificate = partner.files().write("s.pem", issued.chain_pem()),
         .key = partner.files().write("s.key", issued.key_pem()),
         .client_ca = {}}};

    const Response response =
        ask(configuration(
                partner, "connect_to: \"" + nginx.authority() +
                             "\", tls: { verify_names: [api.partner.example], pins: [" +
                             pin_of(issued.certificate.get()) + "] }"
            ),
            "api.partner.example");

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_certificate_error");
}

TEST(Pins, AcceptAKeyOfTheVerifiedChain) {
    const Partner partner;
    const Elsewhere server{partner};

    for (const X509* pinned :
         {static_cast<const X509*>(server.issued.certificate.get()), partner.issuer().certificate(),
          partner.root().certificate()}) {
        const Response response =
            ask(configuration(
                    partner, server.connect_to() +
                                 ", tls: { pins: "
                                 "[sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, " +
                                 pin_of(pinned) + "] }"
                ),
                "api.partner.example");
        EXPECT_EQ(response.status, 200) << response.body;
    }
}

TEST(Pins, RefuseEveryOtherKeyAndTellTheServers) {
    const Partner partner;
    const Elsewhere server{partner};

    const Response response =
        ask(configuration(
                partner, server.connect_to() + ", tls: { pins: [" +
                             pin_of(partner.issue_server().certificate.get()) + "] }"
            ),
            "api.partner.example");

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_certificate_error");
    EXPECT_NE(response.body.find(pin_of(server.issued.certificate.get())), std::string::npos)
        << response.body;
}

TEST(RequestHeaders, AreSetAndRemovedAndNeverLogged) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    const std::string request = peer.read_request();
                                    peer.write(ok(request));
                                }};
    const auto key = partner.files().write("api.key", "file-hunter2\n");
    const ProxyUnderTest proxy{
        partner.configuration(
            server.port(),
            "request_headers: { set: { X-Api-Key: { file: " + key.string() +
                " }, Authorization: { env: TOKEN }, X-Plain: plain }, remove: [cookie] }",
            "log: { query: true }"
        ),
        {.environment = {{"TOKEN", "Bearer env-hunter3"}}}};

    const Response response = proxy.exchange(absolute_get(
        "127.0.0.1:" + std::to_string(server.port()), "/",
        "x-api-key: mine\r\nCookie: a=b\r\nX-Other: stays\r\nx-api-KEY: again\r\n"
    ));

    const std::string& sent = response.body;
    EXPECT_NE(sent.find("\r\nX-Api-Key: file-hunter2\r\n"), std::string::npos) << sent;
    EXPECT_NE(sent.find("\r\nAuthorization: Bearer env-hunter3\r\n"), std::string::npos) << sent;
    EXPECT_NE(sent.find("\r\nX-Plain: plain\r\n"), std::string::npos) << sent;
    EXPECT_NE(sent.find("\r\nX-Other: stays\r\n"), std::string::npos) << sent;
    EXPECT_EQ(sent.find("mine"), std::string::npos) << sent;
    EXPECT_EQ(sent.find("again"), std::string::npos) << sent;
    EXPECT_EQ(sent.find("ookie"), std::string::npos) << sent;
    proxy.access_lines(1);
    EXPECT_EQ((proxy.log() + proxy.access_log()).find("hunter"), std::string::npos);
}

TEST(RequestHeaders, ThatCannotBeReadStopTheStart) {
    const Partner partner;
    const auto key = partner.files().write("api.key", "one\r\nX-Injected: hunter2\n");
    const auto empty = partner.files().write("empty.key", " \n");

    const RefusedStart refused = start_expecting_refusal(partner.configuration(
        443, "request_headers: { set: { X-Api-Key: { file: " + key.string() +
                 " }, X-Other: { env: COUNTERSIGN_TEST_MISSING }, X-Empty: { file: " +
                 empty.string() + " } } }"
    ));

    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(
        refused.message.find("profile 'partner': request_headers.set.X-Api-Key: its value holds a "
                             "line end or a control character"),
        std::string::npos
    ) << refused.message;
    EXPECT_NE(refused.message.find("request_headers.set.X-Other: "), std::string::npos)
        << refused.message;
    EXPECT_NE(
        refused.message.find("request_headers.set.X-Empty: its value is empty where it comes from"),
        std::string::npos
    ) << refused.message;
    EXPECT_EQ(refused.message.find("hunter2"), std::string::npos) << refused.message;
}

}  // namespace
}  // namespace countersign::tests
