#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

TEST(Connect, IsRefusedAndTheBodyTellsWhatToChange) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    const Response response = proxy.exchange(
        "CONNECT " + nginx.authority() + " HTTP/1.1\r\nHost: " + nginx.authority() + "\r\n\r\n"
    );

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "http_request_denied");
    EXPECT_NE(response.body.find("http://"), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("https://"), std::string::npos) << response.body;
}

TEST(UnknownDestination, IsRefusedAndTheBodyNamesIt) {
    const Partner partner;
    const ProxyUnderTest proxy{partner.configuration(443)};

    const Response response = proxy.exchange(absolute_get("other.example:8443", "/"));

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "http_request_denied");
    EXPECT_NE(response.body.find("other.example:8443"), std::string::npos) << response.body;
}

TEST(UnknownDestination, KeepsTheClientsConnection) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    const Response refused = client.exchange(absolute_get("other.example", "/"));
    const Response served = client.exchange(absolute_get(nginx.authority(), "/whoami"));

    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(served.status, 200);
}

TEST(UnknownDestination, AnswersInTextToAClientThatPrefersIt) {
    const Partner partner;
    const ProxyUnderTest proxy{partner.configuration(443)};

    const Response json = proxy.exchange(absolute_get("other.example", "/"));
    const Response text =
        proxy.exchange(absolute_get("other.example", "/", "Accept: text/plain\r\n"));

    EXPECT_EQ(json.field("Content-Type"), "application/problem+json");
    EXPECT_TRUE(text.field("Content-Type").value_or("").starts_with("text/plain"));
}

TEST(RefusedConnection, Is502) {
    const Partner partner;
    const ClosedPort nobody;
    const ProxyUnderTest proxy{partner.configuration(nobody.port())};

    const Response response =
        proxy.exchange(absolute_get("127.0.0.1:" + std::to_string(nobody.port()), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "connection_refused");
}

TEST(LinkLocalAddress, IsNeverDialled) {
    const Partner partner;
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles: [{ name: all, hosts: [\"*\"], key_store: alice, trust: [partner-ca] }]\n"};

    for (const std::string host : {"169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"}) {
        SCOPED_TRACE(host);
        const Response response = proxy.exchange(absolute_get(host, "/latest/meta-data/"));

        EXPECT_EQ(response.status, 403);
        EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    }
    for (const std::string host :
         {"2852039166", "0xa9fea9fe", "0xa9.254.169.254", "0251.254.169.254", "169.254.43518",
          "169.254.169.0xfe", "[fe80::1%25eth0]", "%31%36%39.254.169.254"}) {
        SCOPED_TRACE(host);
        EXPECT_EQ(proxy.exchange(absolute_get(host, "/latest/meta-data/")).status, 400);
    }
}

TEST(OwnListener, IsNeverDialled) {
    const Partner partner;
    const ProxyUnderTest proxy{
        partner.certificates() +
        "profiles: [{ name: all, hosts: [\"*\"], key_store: alice, trust: [partner-ca] }]\n"
        "addresses: { deny: [\"::1\"] }\n"};

    for (const std::string& there :
         {"127.0.0.1:" + std::to_string(proxy.port()), both_loopbacks(proxy.port())}) {
        SCOPED_TRACE(there);
        const Response response = proxy.exchange(absolute_get(there, "/"));

        EXPECT_EQ(response.status, 403);
        EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    }
}

TEST(DeniedNetwork, OfTheConfigurationIsNeverDialled) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{
        partner.configuration(nginx.port(), {}, "addresses: { deny: [127.0.0.0/8, \"::1\"] }")};

    const Response response =
        proxy.exchange(absolute_get("localhost:" + std::to_string(nginx.port()), "/whoami"));

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    EXPECT_TRUE(nginx.end_and_read_log().empty());
}

TEST(DeniedNetwork, OfSomeOfANamesAddressesIsNotWhyTheOthersFailed) {
    const ClosedPort nobody;
    const ProxyUnderTest proxy{
        "profiles: [{ name: all, hosts: [\"*\"] }]\naddresses: { deny: [\"::1\"] }\n"};

    const Response response = proxy.exchange(absolute_get(both_loopbacks(nobody.port()), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "connection_refused");
    EXPECT_NE(
        response.body.find("(connection refused); 1 of 2 addresses is forbidden by addresses.deny."
        ),
        std::string::npos
    ) << response.body;
    EXPECT_NE(
        response.body.find("If the server is at ::1, change addresses.deny."), std::string::npos
    ) << response.body;
}

TEST(HostName, IsResolvedAndItsCertificateNameVerified) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    const Response response =
        proxy.exchange(absolute_get("localhost:" + std::to_string(nginx.port()), "/whoami"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "server_name"), "localhost");
}

}  // namespace
}  // namespace countersign::tests
