#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

std::string fixed(
    const Partner& partner, const std::string& upstream, const std::string& more = {}
) {
    return "listeners:\n  - { name: partner, address: 127.0.0.1:0, profile: partner, upstream: \"" +
           upstream + "\"" + more + " }\n" + partner.certificates() +
           "profiles:\n  - { name: partner, key_store: alice, trust: [partner-ca] }\n";
}

TEST(FixedListener, ServesAClientThatKnowsNoProxies) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const std::string upstream = "localhost:" + std::to_string(nginx.port());
    const ProxyUnderTest proxy{fixed(partner, upstream)};

    const std::string url = "http://127.0.0.1:" + std::to_string(proxy.port()) + "/whoami";
    const std::string body = run({"curl", "-sS", "--noproxy", "*", url});

    EXPECT_EQ(value_of(body, "subject"), "CN=alice");
    EXPECT_EQ(value_of(body, "server_name"), "localhost");
    EXPECT_EQ(value_of(body, "host"), upstream);
}

TEST(FixedListener, TakesNoNoticeOfWhatTheRequestSaysOfItsHost) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{fixed(partner, nginx.authority())};
    HttpClient client = proxy.connect();

    for (const std::string host : {"elsewhere.example", "", "a b", "user@x", "x:99999"}) {
        const Response response = client.exchange(get("/whoami", host));
        EXPECT_EQ(response.status, 200) << host << "\n" << response.body;
        EXPECT_EQ(value_of(response.body, "host"), nginx.authority());
    }
    EXPECT_EQ(client.exchange(absolute_get("elsewhere.example", "/whoami")).status, 200);
    EXPECT_EQ(client.exchange(get("/whoami", "x", "X-Countersign-Profile: other\r\n")).status, 400);
    EXPECT_EQ(client.exchange("GET /whoami HTTP/1.0\r\n\r\n").status, 200);
}

TEST(FixedListener, RewritesWhatLeadsPastItWhereAsked) {
    const Partner partner;
    std::uint16_t port = 0;  // known before the first connection
    const ScriptedServer server{
        partner.server(), [&](Peer& peer) {
            while (!peer.read_request().empty()) {
                const std::string there = "localhost:" + std::to_string(port);
                peer.write(
                    "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: https://" + there +
                    "/next?a=1#b\r\nSet-Cookie: s=1; Domain=localhost; Path=/; Secure; HttpOnly\r\n"
                    "Set-Cookie: __Host-t=1; Path=/; Secure\r\n"
                    "Set-Cookie: u=secure; domain=.other.example; secure\r\n\r\n"
                );
            }
        }};
    port = server.port();
    const std::string upstream = "localhost:" + std::to_string(port);
    const ProxyUnderTest plain{fixed(partner, upstream)};
    const ProxyUnderTest rewriting{
        fixed(partner, upstream, ", rewrite: [location, cookie_domain, cookie_secure]")};

    const Response as_is = plain.exchange(get("/", "127.0.0.1:9443"));
    const Response rewritten = rewriting.exchange(get("/", "127.0.0.1:9443"));

    EXPECT_EQ(as_is.field("Location"), "https://" + upstream + "/next?a=1#b");
    EXPECT_NE(
        as_is.head.find("Set-Cookie: s=1; Domain=localhost; Path=/; Secure; HttpOnly\r\n"),
        std::string::npos
    );
    EXPECT_EQ(rewritten.field("Location"), "http://127.0.0.1:9443/next?a=1#b");
    EXPECT_NE(rewritten.head.find("Set-Cookie: s=1; Path=/; HttpOnly\r\n"), std::string::npos)
        << rewritten.head;
    EXPECT_NE(rewritten.head.find("Set-Cookie: __Host-t=1; Path=/; Secure\r\n"), std::string::npos);
    EXPECT_NE(
        rewritten.head.find("Set-Cookie: u=secure; domain=.other.example\r\n"), std::string::npos
    );
}

/// Who is told another name in Host answers with that name.
TEST(FixedListener, RewritesALocationWithTheNameThatTheServerWasTold) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [&](Peer& peer) {
            for (std::string request = peer.read_request(); !request.empty();
                 request = peer.read_request()) {
                const auto begin = request.find("\r\nHost: ") + 8;
                const std::string host = request.substr(begin, request.find('\r', begin) - begin);
                peer.write(
                    "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: https://" + host +
                    "/next\r\n\r\n"
                );
            }
        }};
    const std::string there = "localhost:" + std::to_string(server.port());
    const ProxyUnderTest proxy{
        "listeners:\n  - { name: partner, address: 127.0.0.1:0, profile: partner, upstream: "
        "\"api.partner.example:443\", rewrite: [location] }\n" +
        partner.certificates() +
        "profiles:\n  - { name: partner, key_store: alice, trust: [partner-ca], preserve_host: "
        "false, connect_to: \"" +
        there + "\", tls: { server_name: localhost } }\n"};
    HttpClient client = proxy.connect();

    const Response named = client.exchange(get("/", "127.0.0.1:9443"));
    const Response misnamed = client.exchange(get("/", "user@x"));
    const Response nameless = client.exchange("GET / HTTP/1.0\r\n\r\n");

    EXPECT_EQ(named.field("Location"), "http://127.0.0.1:9443/next");
    EXPECT_EQ(misnamed.field("Location"), "/next");
    EXPECT_EQ(nameless.field("Location"), "/next");
}

/// Any page that somebody opens may make the browser call a port of this machine.
TEST(FixedListener, RefusesABrowsersCrossSiteRequestBeforeAnythingIsSent) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{fixed(partner, nginx.authority())};
    const std::string host = "127.0.0.1:" + std::to_string(proxy.port());
    HttpClient client = proxy.connect();
    const std::string origin = "Origin: https://evil.example\r\nAccept: text/plain\r\n";

    const Response foreign = client.exchange(get("/whoami", host, origin));
    const Response linked = client.exchange(get("/whoami", host, "Sec-Fetch-Site: cross-site\r\n"));
    const Response preflight = client.exchange(
        "OPTIONS /whoami HTTP/1.1\r\nHost: " + host +
        "\r\nOrigin: null\r\n"
        "Access-Control-Request-Method: PUT\r\n\r\n"
    );
    const Response own = client.exchange(get("/whoami", host, "Origin: http://" + host + "\r\n"));

    for (const Response& refused : {foreign, linked, preflight}) {
        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(proxy_error(refused), "http_request_denied");
        EXPECT_TRUE(
            refused.head.starts_with("HTTP/1.1 403 cross-site request of a browser refused\r\n")
        ) << refused.head;
        EXPECT_EQ(refused.field("Access-Control-Allow-Origin"), std::nullopt);
    }
    EXPECT_NE(foreign.body.find("set cross_site: allow on it"), std::string::npos) << foreign.body;
    EXPECT_EQ(foreign.body.find("evil"), std::string::npos) << "a header's value";
    EXPECT_EQ(own.status, 200) << own.body;
    EXPECT_EQ(nginx.end_and_read_log().size(), 1U);
}

TEST(FixedListener, ServesPagesOfAnyOriginWhereToldTo) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{fixed(partner, nginx.authority(), ", cross_site: allow")};

    const Response response =
        proxy.exchange(get("/whoami", "x", "Origin: https://page.example\r\n"));

    EXPECT_EQ(response.status, 200) << response.body;
}

}  // namespace
}  // namespace countersign::tests
