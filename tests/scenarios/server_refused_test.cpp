#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A server with that certificate, and what a client of the proxy gets from it.
struct Attempt {
    Attempt(const Partner& partner, const Issued& certificate)
        : nginx{{.certificate = partner.files().write("other.pem", certificate.chain_pem()),
                 .key = partner.files().write("other.key", certificate.key_pem()),
                 .client_ca = partner.root_file()}},
          proxy{partner.configuration(nginx.port())},
          response{proxy.exchange(absolute_get(nginx.authority(), "/whoami"))} {}

    Nginx nginx;
    ProxyUnderTest proxy;
    Response response;
};

TEST(UntrustedServer, IsRefusedAndTheBodyNamesTheMissingIssuerAndTheTrustThatWasSearched) {
    const Partner partner;
    const Ca stranger = Ca::root("Stranger Root").intermediate("Stranger Issuing CA");
    Attempt attempt{
        partner,
        stranger.issue(
            {.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .server_auth = true}
        )};

    EXPECT_EQ(attempt.response.status, 502);
    EXPECT_EQ(proxy_error(attempt.response), "tls_certificate_error");
    EXPECT_NE(attempt.response.body.find("CN=Stranger Root"), std::string::npos)
        << attempt.response.body;
    EXPECT_NE(attempt.response.body.find("CN=Partner Root"), std::string::npos)
        << attempt.response.body;
    EXPECT_TRUE(attempt.nginx.end_and_read_log().empty())
        << "a request reached a server that was refused";
}

TEST(ExpiredServer, IsRefusedWithTheDate) {
    const Partner partner;
    const Attempt attempt{
        partner, partner.issuer().issue(
                     {.common_name = "localhost",
                      .ip_addresses = {"127.0.0.1"},
                      .not_before = std::chrono::hours{-48},
                      .not_after = std::chrono::hours{-24},
                      .server_auth = true}
                 )};

    EXPECT_EQ(attempt.response.status, 502);
    EXPECT_EQ(proxy_error(attempt.response), "tls_certificate_error");
    EXPECT_NE(attempt.response.body.find("expired on 20"), std::string::npos)
        << attempt.response.body;
}

TEST(ServerNotYetValid, IsRefused) {
    const Partner partner;
    const Attempt attempt{
        partner, partner.issuer().issue(
                     {.common_name = "localhost",
                      .ip_addresses = {"127.0.0.1"},
                      .not_before = std::chrono::hours{24},
                      .not_after = std::chrono::hours{48},
                      .server_auth = true}
                 )};

    EXPECT_EQ(attempt.response.status, 502);
    EXPECT_EQ(proxy_error(attempt.response), "tls_certificate_error");
    EXPECT_NE(attempt.response.body.find("valid only from"), std::string::npos)
        << attempt.response.body;
}

TEST(WronglyNamedServer, IsRefusedWithTheNamesThatItHas) {
    const Partner partner;
    const Attempt attempt{
        partner,
        partner.issuer().issue(
            {.common_name = "127.0.0.1", .dns_names = {"other.example"}, .server_auth = true}
        )};

    EXPECT_EQ(attempt.response.status, 502);
    EXPECT_EQ(proxy_error(attempt.response), "tls_certificate_error");
    EXPECT_NE(attempt.response.body.find("other.example"), std::string::npos)
        << attempt.response.body;
    EXPECT_NE(attempt.response.body.find("127.0.0.1"), std::string::npos) << attempt.response.body;
}

TEST(ServerWithAClientCertificate, IsRefused) {
    const Partner partner;
    const Attempt attempt{
        partner,
        partner.issuer().issue(
            {.common_name = "localhost", .ip_addresses = {"127.0.0.1"}, .client_auth = true}
        )};

    EXPECT_EQ(attempt.response.status, 502);
    EXPECT_EQ(proxy_error(attempt.response), "tls_certificate_error");
}

TEST(ServerName, OfTheProfileIsSentAndVerifiedInsteadOfTheDestination) {
    const Partner partner;
    const Issued certificate = partner.issuer().issue(
        {.common_name = "api", .dns_names = {"api.partner.example"}, .server_auth = true}
    );
    auto options = partner.nginx();
    options.certificate = partner.files().write("api.pem", certificate.chain_pem());
    options.key = partner.files().write("api.key", certificate.key_pem());
    const Nginx nginx{options};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), "tls: { server_name: api.partner.example }")};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "server_name"), "api.partner.example");
    EXPECT_EQ(value_of(response.body, "host"), nginx.authority());
}

TEST(TlsVersion, BelowTheProfilesMinimumIsRefused) {
    const Partner partner;
    auto options = partner.nginx();
    options.protocols = "TLSv1.2";
    const Nginx nginx{options};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), "tls: { min_version: \"1.3\" }")};

    const Response response = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_alert_received");
    EXPECT_NE(response.body.find("min_version"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace countersign::tests
