#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kSecretFields =
    "Authorization: Bearer s3cret-token\r\nCookie: id=s3cret-cookie\r\n";

void expect_no_secret(const std::string& text) {
    EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
}

/// One request with secrets in its query and its fields, and the line that the access log has of
/// it.
std::string line_of_one_request(std::string_view log_rules, std::string* everything) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, log_rules)};
    proxy.exchange(absolute_get(nginx.authority(), "/whoami?key=s3cret-query", kSecretFields));
    const std::string line = proxy.access_lines(1).at(0);
    *everything = proxy.access_log() + proxy.log();
    return line;
}

TEST(AccessLog, HasOneLineOfTextForAnExchangeAndNoSecretInIt) {
    std::string everything;

    const std::string line = line_of_one_request("log: { format: text }", &everything);

    for (const std::string field :
         {" listener=apps", " client=127.0.0.1", " address=127.0.0.1:", " fingerprint=",
          " method=GET", " host=127.0.0.1", " path=/whoami ", " profile=partner",
          " identity=\"CN=alice\"", " tls=TLSv1.3", " resumed=no", " reused=no", " status=200",
          " bytes_out=", " handshake_us=", " total_us="}) {
        EXPECT_NE(line.find(field), std::string::npos) << field << " in " << line;
    }
    expect_no_secret(everything);
}

TEST(AccessLog, HasTheSameInJson) {
    std::string everything;

    const std::string line = line_of_one_request("log: { format: json }", &everything);

    for (const std::string field :
         {"{\"time\":\"20", "\"client\":\"127.0.0.1", "\"method\":\"GET\"", "\"path\":\"/whoami\"",
          "\"profile\":\"partner\"", "\"identity\":\"CN=alice\"", "\"resumed\":false",
          "\"reused\":false", "\"status\":200"}) {
        EXPECT_NE(line.find(field), std::string::npos) << field << " in " << line;
    }
    EXPECT_TRUE(line.ends_with("}"));
    expect_no_secret(everything);
}

TEST(AccessLog, SaysWhichErrorTheProxyAnsweredWith) {
    const Partner partner;
    const ClosedPort nobody;
    const ProxyUnderTest proxy{partner.configuration(nobody.port())};

    proxy.exchange(absolute_get("127.0.0.1:" + std::to_string(nobody.port()), "/"));

    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_NE(line.find(" status=502"), std::string::npos) << line;
    EXPECT_EQ(logged(line, "address"), "127.0.0.1:" + std::to_string(nobody.port()));
    EXPECT_TRUE(line.ends_with(" error=connection_refused cause=\"connection refused by 127.0.0.1\""
    )) << line;
}

TEST(AccessLog, SaysWhichAddressHadTheCertificateThatWasRefused) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) { peer.read_request(); }};
    const auto elsewhere =
        partner.files().write("elsewhere.pem", Ca::root("Elsewhere Root").certificate_pem());
    const ProxyUnderTest proxy{
        "certificates: [{ name: ca, type: trust_store_cert, file: " + elsewhere.string() +
        " }]\nprofiles: [{ name: partner, hosts: [localhost], trust: [ca] }]\n"};

    proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));

    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "error"), "tls_certificate_error") << line;
    EXPECT_EQ(logged(line, "address"), server.authority()) << line;
}

TEST(AccessLog, SaysThatTheSecondRequestReusedItsConnection) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    const std::string request = absolute_get(nginx.authority(), "/whoami");

    client.exchange(request);
    client.exchange(request);

    const auto lines = proxy.access_lines(2);
    EXPECT_NE(lines[0].find(" reused=no"), std::string::npos) << lines[0];
    EXPECT_NE(lines[1].find(" reused=yes"), std::string::npos) << lines[1];
}

TEST(AccessLog, CannotBeForgedByARequest) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};

    proxy.exchange(absolute_get(nginx.authority(), "/a\"=%0Astatus=999"));
    proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    const std::vector<std::string> lines = proxy.access_lines(2);
    EXPECT_EQ(lines.size(), 2U);
    EXPECT_NE(lines[0].find(R"( path="/a\"=%0Astatus=999" address=)"), std::string::npos)
        << lines[0];
}

TEST(AccessLog, IsCompleteWhenTheProxyHasStopped) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    for (int i = 0; i < 30; ++i) client.exchange(absolute_get(nginx.authority(), "/whoami"));

    ASSERT_EQ(proxy.stop(), 0);

    const std::string log = proxy.access_log();
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 30);
}

TEST(AccessLog, CanBeTurnedOff) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{partner.configuration(nginx.port(), {}, "log: { access: \"off\" }")};

    proxy.exchange(absolute_get(nginx.authority(), "/whoami"));

    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_EQ(proxy.access_log(), "");
}

}  // namespace
}  // namespace countersign::tests
