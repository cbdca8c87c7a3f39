#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

const std::string kTunnels = "unmatched: tunnel_connect\n";

/// A server without TLS.
ScriptedServer::Options plain() { return {}; }

TEST(Tunnel, LetsCurlSpeakTlsWithAServerThatNoProfileHas) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{local_tunnels()};

    const std::string answer = run(
        {"curl", "-sS", "--proxy", "http://127.0.0.1:" + std::to_string(proxy.port()), "--cacert",
         partner.root_file().string(), "--cert", (partner.files() / "bob.pem").string(),
         "https://localhost:" + std::to_string(nginx.port()) + "/whoami"}
    );

    EXPECT_EQ(value_of(answer, "subject"), "CN=bob") << "the application's own, end to end";
    EXPECT_EQ(value_of(answer, "via"), "") << "nothing is added inside a tunnel";
    const std::string line = proxy.access_lines(1).front();
    EXPECT_EQ(logged(line, "method"), "CONNECT");
    EXPECT_EQ(logged(line, "host"), "localhost");
    EXPECT_EQ(logged(line, "port"), std::to_string(nginx.port()));
    EXPECT_EQ(logged(line, "address"), nginx.authority());
    EXPECT_EQ(logged(line, "status"), "200");
    EXPECT_EQ(logged(line, "error"), "-");
    EXPECT_EQ(logged(line, "cause"), "");
    EXPECT_GT(std::stoul(logged(line, "bytes_in")), 1000U);
    EXPECT_GT(std::stoul(logged(line, "bytes_out")), 1000U);
    EXPECT_GT(std::stoul(logged(line, "total_us")), 0U);
}

TEST(Tunnel, ReachesNoLoopbackAddressByDefault) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{kTunnels};
    const std::string there = both_loopbacks(nginx.port());

    const Response response =
        proxy.exchange(connect_head(there, "Accept: text/plain\r\nX-Request-Id: a-1\r\n"));

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    EXPECT_EQ(
        response.body.substr(0, response.body.find("\nname ")),
        "Countersign: 403 Forbidden\n\nstage:   connect\nside:    proxy\nreason:  " + there +
            " may not be dialled: address 127.0.0.1 is a loopback address, and tunnels, which "
            "nothing verifies, reach public addresses only.\nremedy:  If tunnels may lead into "
            "private networks and to this machine, set addresses.tunnel_private: true. Otherwise "
            "give the host a profile, which verifies the server, and let the application call "
            "http://host/path.\nrequest: a-1\n"
    );
    EXPECT_NE(response.body.find("\nname        "), std::string::npos) << response.body;
}

TEST(Tunnel, ReachesNoSpecialAddressInAnySpelling) {
    const ProxyUnderTest proxy{kTunnels};

    for (const std::string host :
         {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]",
          "10.0.0.1", "[::ffff:10.0.0.1]", "172.16.0.1", "192.168.0.1", "100.64.0.1", "[fd00::1]",
          "[64:ff9b::10.0.0.1]", "[2002:a00:1::]", "169.254.169.254", "224.0.0.1"}) {
        SCOPED_TRACE(host);
        const Response response = proxy.exchange(connect_head(host + ":443"));

        EXPECT_EQ(response.status, 403);
        EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    }
}

TEST(Tunnel, ReachesNoDeniedAddressAndNoListenerOfTheProxyEvenWherePrivateOnesAreAllowed) {
    const ProxyUnderTest proxy{
        kTunnels +
        "addresses: { tunnel_private: true, deny: [169.254.0.0/16, \"fe80::/10\", \"::1\"] }\n"};

    for (const std::string& to :
         {std::string{"169.254.169.254:80"}, std::string{"[::ffff:169.254.169.254]:80"},
          std::string{"[fe80::1]:443"}, "127.0.0.1:" + std::to_string(proxy.port()),
          both_loopbacks(proxy.port())}) {
        SCOPED_TRACE(to);
        const Response response = proxy.exchange(connect_head(to));

        EXPECT_EQ(response.status, 403);
        EXPECT_EQ(proxy_error(response), "destination_ip_prohibited");
    }
}

TEST(Tunnel, IsRefusedWhereAProfileHasTheHost) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(
        nginx.port(), "paths: [/orders], clients: [10.0.0.0/8]", local_tunnels()
    )};

    const Response known = proxy.exchange(connect_head(nginx.authority()));
    const Response another_port = proxy.exchange(connect_head("LOCALHOST.:8443"));

    for (const Response& response : {known, another_port}) {
        EXPECT_EQ(response.status, 403);
        EXPECT_EQ(proxy_error(response), "http_request_denied");
        EXPECT_NE(response.body.find("call http://host/path instead"), std::string::npos);
    }
    EXPECT_TRUE(nginx.end_and_read_log().empty());
}

TEST(Tunnel, IsGivenByAProfileThatSaysSo) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(
        nginx.port(), "connect_method: tunnel", "addresses: { tunnel_private: true }"
    )};

    HttpClient client = open_tunnel(proxy, nginx.authority());
    const Response unknown = proxy.exchange(connect_head("other.example:443"));
    const Response served = proxy.exchange(absolute_get(nginx.authority(), "/whoami"));
    client.finish_sending();

    EXPECT_EQ(unknown.status, 403);
    EXPECT_EQ(proxy_error(unknown), "http_request_denied");
    EXPECT_EQ(value_of(served.body, "subject"), "CN=alice") << "other requests as ever";
    EXPECT_EQ(
        logged(proxy.access_line_with({" method=CONNECT ", " status=200 "}), "profile"), "partner"
    );
}

TEST(Tunnel, AnythingElseWithoutAProfileIsRefusedAsUnderReject) {
    const ProxyUnderTest tunnelling{kTunnels};
    const ProxyUnderTest rejecting{"unmatched: reject\n"};
    const std::string request = absolute_get("other.example", "/", "X-Request-Id: a-1\r\n");

    const Response response = tunnelling.exchange(request);

    const std::string refused = rejecting.exchange(request).body;
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, refused);
    EXPECT_EQ(response.body.find("unmatched"), std::string::npos) << response.body;
}

TEST(Tunnel, NeedsCredentialsThatAreAClients) {
    const Partner partner;
    const ScriptedServer server{plain(), [](Peer& peer) { peer.read_some(); }};
    const ProxyUnderTest proxy{
        "clients: [{ name: billing, password: right }]\nprofiles:\n  - { name: a, hosts: "
        "[localhost], clients: [billing], connect_method: tunnel }\n" +
        local_tunnels()};
    const std::string to = "localhost:" + std::to_string(server.port());

    const Response nobody = proxy.exchange(connect_head(to));
    const Response wrong = proxy.exchange(
        connect_head("127.0.0.1:443", "Proxy-Authorization: Basic YmlsbGluZzp3cm9uZw==\r\n")
    );
    HttpClient right = proxy.connect();
    right.send(connect_head(to, "Proxy-Authorization: Basic YmlsbGluZzpyaWdodA==\r\n"));

    EXPECT_EQ(nobody.status, 407);
    EXPECT_TRUE(nobody.field("Proxy-Authenticate"));
    EXPECT_EQ(wrong.status, 407);
    EXPECT_EQ(right.read_head().status, 200);
}

TEST(Tunnel, IsRefusedToAClientThatMayNotConnect) {
    const ProxyUnderTest proxy{
        "listeners: [{ name: apps, address: 127.0.0.1:0, allow: [10.0.0.0/8] }]\n" +
        local_tunnels()};

    const Response response = proxy.exchange(connect_head("127.0.0.1:443"));

    EXPECT_EQ(response.status, 403);
    EXPECT_NE(response.body.find("not in the listener's allow"), std::string::npos);
}

TEST(Tunnel, IsRefusedOnAListenerWithAFixedUpstream) {
    const Partner partner;
    const ProxyUnderTest proxy{
        "listeners: [{ name: direct, address: 127.0.0.1:0, upstream: \"127.0.0.1:1\" }]\n" +
        local_tunnels()};

    const Response response = proxy.exchange(connect_head("127.0.0.1:443"));

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(proxy_error(response), "http_request_denied");
}

TEST(Tunnel, FailuresBeforeItAreAnsweredAsAnyOther) {
    const ClosedPort nobody;
    const ProxyUnderTest proxy{local_tunnels()};

    const Response refused =
        proxy.exchange(connect_head("127.0.0.1:" + std::to_string(nobody.port())));

    EXPECT_EQ(refused.status, 502);
    EXPECT_EQ(proxy_error(refused), "connection_refused");
    EXPECT_EQ(
        logged(proxy.access_lines(1).front(), "address"),
        "127.0.0.1:" + std::to_string(nobody.port())
    );
}

struct OddCase {
    std::string name;
    std::string head;
    int status;
};

class OddConnect : public testing::TestWithParam<OddCase> {};

TEST_P(OddConnect, GetsNoTunnel) {
    const ProxyUnderTest proxy{local_tunnels()};

    const Response response = proxy.exchange(GetParam().head);

    EXPECT_EQ(response.status, GetParam().status) << response.body;
}

std::string odd(const std::string& target, const std::string& fields = {}) {
    return "CONNECT " + target + " HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Tunnel, OddConnect,
    testing::Values(
        OddCase{"NoPort", odd("a.example"), 400}, OddCase{"EmptyPort", odd("a.example:"), 400},
        OddCase{"PortZero", odd("a.example:0"), 400},
        OddCase{"PortTooLarge", odd("a.example:65536"), 400},
        OddCase{"TwoPorts", odd("a.example:1:2"), 400}, OddCase{"Path", odd("a.example:443/"), 400},
        OddCase{"Url", odd("https://a.example:443"), 400}, OddCase{"OriginForm", odd("/"), 400},
        OddCase{"UserInfo", odd("user:password@a.example:443"), 400},
        OddCase{"ShortIpv4", odd("127.1:443"), 400}, OddCase{"HexIpv4", odd("0x7f000001:443"), 400},
        OddCase{"Zone", odd("[fe80::1%25eth0]:443"), 400},
        OddCase{"Ipv6WithoutBrackets", odd("::1:443"), 400},
        OddCase{"Body", odd("a.example:443", "Content-Length: 3\r\n") + "abc", 400},
        OddCase{
            "ChunkedBody", odd("a.example:443", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
            400},
        OddCase{
            "LowerCaseMethod", "connect a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n", 400},
        OddCase{"NoHost", "CONNECT a.example:443 HTTP/1.1\r\n\r\n", 400}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(Tunnel, IsGivenToHttp10WithoutHostAndToAnEmptyBody) {
    const ScriptedServer server{plain(), [](Peer& peer) { peer.write("hello"); }};
    const ProxyUnderTest proxy{local_tunnels()};

    for (const std::string& head :
         {"CONNECT " + server.authority() + " HTTP/1.0\r\n\r\n",
          connect_head(server.authority(), "Content-Length: 0\r\n")}) {
        HttpClient client = proxy.connect();
        client.send(head);
        EXPECT_EQ(client.read_head().status, 200);
        client.finish_sending();
        EXPECT_EQ(client.read_until_close(), "hello");
    }
}

TEST(Tunnel, ToAnIpv6LiteralIsDialledThere) {
    // At the IPv4 address of this port somebody listens.
    const ListeningSocket elsewhere;
    const ProxyUnderTest proxy{local_tunnels()};
    const std::string to = "[::1]:" + std::to_string(elsewhere.port());

    const Response response = proxy.exchange(connect_head(to));

    EXPECT_EQ(response.status, 502);
    EXPECT_NE(response.body.find(to), std::string::npos) << response.body;
}

}  // namespace
}  // namespace countersign::tests
