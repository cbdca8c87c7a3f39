// Servers that finish the handshake and refuse the client certificate in HTTP: whose refusal it is,
// and which identity they were sent.

#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kListeners =
    "listeners:\n"
    "  - { name: silent, address: 127.0.0.1:0 }\n"
    "  - { name: telling, address: 127.0.0.1:0, tell_identity: true }\n";

std::string with_listeners(const std::string& configuration, std::string_view more = {}) {
    return std::string{kListeners}.append(more) + configuration;
}

Response ask(
    const ProxyUnderTest& proxy, const std::string& authority, const std::string& listener
) {
    return HttpClient::tcp(proxy.port(listener)).exchange(absolute_get(authority, "/whoami"));
}

/// As a client that the server's authority has not issued.
std::string as_a_stranger(const Partner& partner, std::uint16_t port) {
    const Ca elsewhere = Ca::root("Elsewhere Root");
    const auto file = partner.write_identity(
        "stranger.pem", elsewhere.issue({.common_name = "stranger", .client_auth = true})
    );
    return "certificates:\n"
           "  - { name: stranger, type: pem_key_store, file: " +
           file.string() +
           " }\n"
           "  - { name: ca, type: trust_store_cert, file: " +
           partner.root_file().string() +
           " }\n"
           "profiles:\n"
           "  - { name: partner, hosts: [127.0.0.1], ports: [" +
           std::to_string(port) + "], key_store: stranger, trust: [ca] }\n";
}

std::string without_identity(const Partner& partner) {
    return partner.certificates() +
           "profiles:\n  - { name: partner, hosts: [127.0.0.1], trust: [partner-ca] }\n";
}

TEST(AskedIdentity, IsNamedWhereTheAnswerMayRefuseIt) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{with_listeners(as_a_stranger(partner, nginx.port()))};

    const Response refused = ask(proxy, nginx.authority(), "silent");

    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.field("Proxy-Status"), std::nullopt) << "the answer is the server's";
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "identity"), "CN=stranger") << line;
    EXPECT_EQ(logged(line, "certificate"), "sent") << line;
    EXPECT_NE(logged(line, "issuers").find("CN="), std::string::npos) << line;
}

TEST(AskedIdentity, IsSaidToBeMissing) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{with_listeners(without_identity(partner))};

    const Response refused = ask(proxy, nginx.authority(), "telling");

    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.field("Countersign-Identity"), "none");
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "certificate"), "none: no key_store") << line;
}

TEST(AskedIdentity, IsNotSentToAServerThatTakesNoSignatureOfItsKind) {
    const Partner partner;
    Nginx::Options options = partner.nginx();
    options.extra = "ssl_conf_command ClientSignatureAlgorithms RSA-PSS+SHA256;";
    const Nginx nginx{options};
    const ProxyUnderTest proxy{with_listeners(partner.configuration(nginx.port()))};

    const Response refused = ask(proxy, nginx.authority(), "telling");

    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.field("Countersign-Identity"), "none");
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "certificate"), "none: the server takes no signature of such a key")
        << line;
}

// The server would take the key's signature: the profile allows none of them in TLS 1.3.
TEST(AskedIdentity, IsNotSentWhereTheProfileAllowsNoSignatureOfItsKind) {
    const Partner partner;
    const Issued rsa = partner.issuer().issue(
        {.common_name = "localhost",
         .ip_addresses = {"127.0.0.1"},
         .server_auth = true,
         .key_kind = KeyKind::rsa_2048}
    );
    Nginx::Options options = partner.nginx();
    options.certificate = partner.files().write("rsa.pem", rsa.chain_pem());
    options.key = partner.files().write("rsa.key", rsa.key_pem());
    const Nginx nginx{options};
    ProxyUnderTest proxy{with_listeners(
        partner.configuration(
            nginx.port(), "tls: { signature_algorithms: [rsa_pss_rsae_sha256, ECDSA+SHA384] }"
        ),
        "log: { level: debug }\n"
    )};

    const Response refused = ask(proxy, nginx.authority(), "telling");

    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.field("Countersign-Identity"), "none");
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(
        logged(line, "certificate"),
        "none: the server takes no signature of such a key that tls.signature_algorithms allows"
    ) << line;
    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_NE(
        proxy.log().find("got none, since it takes no signature of such a key as that of "
                         "'CN=alice' by an algorithm that the profile allows "
                         "(tls.signature_algorithms)"),
        std::string::npos
    ) << proxy.log();
}

// RFC 8446 6.2 has an alert for it, TLS 1.2 has none of its own.
TEST(AskedIdentity, IsSaidNotToHaveBeenSentWhereTheServerRefusesByAlert) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const Partner partner;
        ScriptedServer::Options options = partner.strict_server();
        options.max_version = version;
        options.client_signatures = "RSA-PSS+SHA256";
        const ScriptedServer server{options, [](Peer& peer) { peer.read_request(); }};
        const ProxyUnderTest proxy{with_listeners(partner.configuration(server.port()))};

        const Response refused = ask(proxy, server.authority(), "silent");

        EXPECT_EQ(refused.status, 502);
        EXPECT_NE(
            refused.body.find("it wants a client certificate, and takes no signature of such a key "
                              "as that of 'CN=alice"),
            std::string::npos
        ) << refused.body;
        EXPECT_EQ(refused.body.find("refused the client certificate"), std::string::npos)
            << refused.body;
    }
}

TEST(AskedIdentity, OfAResumedConnectionIsThatOfTheFullHandshake) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const Partner partner;
        ScriptedServer::Options options = partner.strict_server();
        options.max_version = version;
        const ScriptedServer server{
            options, [](Peer& peer) {
                peer.read_request();
                peer.write(
                    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }};
        const ProxyUnderTest proxy{
            with_listeners(partner.configuration(server.port()), "workers: 1\n")};

        const Response first = ask(proxy, server.authority(), "telling");
        const Response second = ask(proxy, server.authority(), "telling");

        const auto lines = proxy.access_lines(2);
        EXPECT_EQ(logged(lines[0], "resumed"), "no") << lines[0];
        EXPECT_EQ(logged(lines[1], "resumed"), "yes") << lines[1];
        for (const std::string& line : lines) EXPECT_EQ(logged(line, "certificate"), "sent");
        EXPECT_EQ(logged(lines[1], "issuers"), logged(lines[0], "issuers"));
        EXPECT_EQ(first.field("Countersign-Identity"), logged(lines[0], "fingerprint"));
        EXPECT_EQ(second.field("Countersign-Identity"), logged(lines[0], "fingerprint"));
    }
}

TEST(AskedIdentity, IsNoMatterWhereNobodyAskedOrNothingWasRefused) {
    const Partner partner;
    const ScriptedServer asks_nobody{
        partner.server(), [](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }};
    const Nginx content{partner.nginx()};
    const ProxyUnderTest proxy{with_listeners(
        partner.certificates() +
        "profiles:\n"
        "  - { name: partner, hosts: [127.0.0.1], key_store: alice, trust: [partner-ca] }\n"
    )};

    const Response forbidden = ask(proxy, asks_nobody.authority(), "telling");
    const Response fine = ask(proxy, content.authority(), "telling");

    EXPECT_EQ(forbidden.status, 403);
    EXPECT_EQ(forbidden.field("Countersign-Identity"), "none");
    EXPECT_EQ(fine.status, 200);
    for (const std::string& line : proxy.access_lines(2)) {
        EXPECT_EQ(logged(line, "certificate"), "") << line;
        if (logged(line, "status") != "200") continue;
        EXPECT_EQ(fine.field("Countersign-Identity"), logged(line, "fingerprint")) << line;
    }
}

TEST(AskedIdentity, IsNotWhatTheServerSays) {
    const Partner partner;
    const ScriptedServer server{
        partner.strict_server(), [](Peer& peer) {
            while (!peer.read_request().empty()) {
                peer.write(ok("x", "countersign-Identity: forged\r\nX-Kept: yes\r\n"));
            }
        }};
    const ProxyUnderTest proxy{with_listeners(partner.configuration(server.port()))};

    const Response silent = ask(proxy, server.authority(), "silent");
    const Response told = ask(proxy, server.authority(), "telling");

    EXPECT_EQ(silent.field("Countersign-Identity"), std::nullopt);
    EXPECT_EQ(silent.field("X-Kept"), "yes");
    EXPECT_EQ(told.head.find("forged"), std::string::npos) << told.head;
    EXPECT_EQ(told.field("Countersign-Identity").value_or("").size(), 64U);
}

TEST(DebugLog, TellsTheStoryOfAConnection) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{
        with_listeners(as_a_stranger(partner, nginx.port()), "log: { level: debug }\n")};

    HttpClient::tcp(proxy.port("silent"))
        .exchange(absolute_get(nginx.authority(), "/whoami?key=s3cret", "X-Field: s3cret\r\n"));
    ASSERT_EQ(proxy.stop(), 0);

    const std::string log = proxy.log();
    const std::string at = nginx.authority();
    std::size_t from = 0;
    for (const std::string& step :
         {std::string{": connected to the listener 'silent'"},
          ": GET " + at +
              "/whoami → profile 'partner' (the host is listed), identity "
              "'CN=stranger'",
          "upstream " + at + ": connected to " + at + " after ",
          "upstream " + at + ": TLSv1.3 with " + at + " after ",
          std::string{"a full handshake; the server asked for a client certificate and was sent "
                      "'CN=stranger', SHA-256 "},
          ": GET " + at + "/whoami → 400 after ",
          "by " + at + " on a new connection; that may be a refusal of the client certificate",
          std::string{": the connection ends"}}) {
        const std::size_t found = log.find(step, from);
        ASSERT_NE(found, std::string::npos) << step << " in\n" << log;
        from = found;
    }
    EXPECT_EQ(log.find("s3cret"), std::string::npos) << log;
}

TEST(DebugLog, SaysByWhatAConnectGotItsTunnel) {
    const ScriptedServer server{{}, [](Peer& peer) { peer.read_some(); }};
    ProxyUnderTest proxy{
        "log: { level: debug }\n"
        "profiles: [{ name: partner, hosts: [localhost], connect_method: tunnel }]\n" +
        local_tunnels()};
    const std::string named = "localhost:" + std::to_string(server.port());

    open_tunnel(proxy, named).finish_sending();
    open_tunnel(proxy, server.authority()).finish_sending();
    ASSERT_EQ(proxy.stop(), 0);

    const std::string log = proxy.log();
    for (const std::string& step :
         {": CONNECT " + named +
              " → profile 'partner' (a tunnel, by its connect_method), no identity\n",
          ": CONNECT " + server.authority() +
              " → no profile (a tunnel, by unmatched), no identity\n"}) {
        EXPECT_NE(log.find(step), std::string::npos) << step << " in\n" << log;
    }
}

TEST(DebugLog, IsSilentAtOtherLevels) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{with_listeners(partner.configuration(nginx.port()))};

    ask(proxy, nginx.authority(), "silent");
    ASSERT_EQ(proxy.stop(), 0);

    EXPECT_EQ(proxy.log().find("client 127"), std::string::npos) << proxy.log();
    EXPECT_EQ(proxy.log().find("upstream 127"), std::string::npos) << proxy.log();
}

}  // namespace
}  // namespace countersign::tests
