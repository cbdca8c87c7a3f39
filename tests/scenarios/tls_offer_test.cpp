#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <string>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A server that answers what was negotiated with it.
class Offer : public testing::Test {
protected:
    /// Cipher suites of TLS 1.3 that the client has offered, in its order.
    static std::string of_tls_1_3(SSL* connection) {
        STACK_OF(SSL_CIPHER)* const all = SSL_get_client_ciphers(connection);
        std::string names;
        for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
            const SSL_CIPHER* const one = sk_SSL_CIPHER_value(all, i);
            if (SSL_CIPHER_get_auth_nid(one) != NID_auth_any) continue;
            names += std::string{" "} + SSL_CIPHER_get_name(one);
        }
        return names;
    }
    static void tell(Peer& peer) {
        int digest = NID_undef;
        SSL_get_signature_nid(peer.tls(), &digest);
        const char* const name = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
        const int group = static_cast<int>(SSL_get_negotiated_group(peer.tls()));
        const std::string body = std::string{"cipher="} + SSL_get_cipher(peer.tls()) +
                                 "\ngroup=" + SSL_group_to_name(peer.tls(), group) +
                                 "\nsignature=" + OBJ_nid2sn(digest) +
                                 "\nof_tls_1_3=" + of_tls_1_3(peer.tls()) +
                                 "\nserver_name=" + (name == nullptr ? "none" : name) +
                                 "\nalpn=" + (peer.offered_protocols() ? "offered" : "none") + "\n";
        while (!peer.read_request().empty()) peer.write(ok(body));
    }

    /// What a server of that kind answers a profile with these `tls:` rules, asked as localhost.
    static Response ask(const ScriptedServer& server, const std::string& yaml) {
        const ProxyUnderTest proxy{yaml};
        return proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));
    }
    Response answer_to(const std::string& rules) const {
        const ScriptedServer server{partner_.strict_server(), tell};
        return ask(server, partner_.configuration(server.port(), "tls: { " + rules + " }"));
    }

    const Partner partner_;
};

TEST_F(Offer, IsOpensslsByItselfWithAes128First) {
    const Response response = answer_to("");

    EXPECT_EQ(value_of(response.body, "cipher"), "TLS_AES_128_GCM_SHA256");
    EXPECT_EQ(
        value_of(response.body, "of_tls_1_3"),
        " TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256"
    );
    const bool is_new = OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 5;
    EXPECT_EQ(value_of(response.body, "group"), is_new ? "X25519MLKEM768" : "x25519");
    EXPECT_EQ(value_of(response.body, "server_name"), "localhost");
    EXPECT_EQ(value_of(response.body, "alpn"), "offered");
}

TEST_F(Offer, HasAes128FirstBesideNamedSuitesOfTls12) {
    const Response response = answer_to("ciphers: [ECDHE-ECDSA-AES256-GCM-SHA384]");

    EXPECT_EQ(
        value_of(response.body, "of_tls_1_3"),
        " TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256"
    );
}

TEST_F(Offer, LeavesTheOrderThatOpensslWasConfiguredWith) {
    const TempDir files;
    const auto configured = files.write(
        "openssl.cnf",
        "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\n"
        "Ciphersuites = TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256\n"
    );
    const ScriptedServer server{partner_.strict_server(), tell};
    const ProxyUnderTest proxy{
        partner_.configuration(server.port()),
        {.environment = {{"OPENSSL_CONF", configured.string()}}}};

    const Response response =
        proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));

    EXPECT_EQ(value_of(response.body, "cipher"), "TLS_AES_256_GCM_SHA384");
}

TEST_F(Offer, HasTheCipherSuitesOfTls13ThatTheProfileNames) {
    const Response response = answer_to("cipher_suites: [TLS_CHACHA20_POLY1305_SHA256]");

    EXPECT_EQ(value_of(response.body, "cipher"), "TLS_CHACHA20_POLY1305_SHA256");
}

TEST_F(Offer, HasTheCipherSuitesOfTls12ByEitherName) {
    for (const char* const name :
         {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}) {
        const Response response =
            answer_to("max_version: \"1.2\", ciphers: [" + std::string{name} + "]");

        EXPECT_EQ(value_of(response.body, "cipher"), "ECDHE-ECDSA-AES128-GCM-SHA256") << name;
    }
}

TEST_F(Offer, HasTheGroupsThatTheProfileNames) {
    EXPECT_EQ(value_of(answer_to("groups: [P-384]").body, "group"), "secp384r1");
}

TEST_F(Offer, HasTheSignatureAlgorithmsThatTheProfileNames) {
    const std::string of_tls_1_2 = "max_version: \"1.2\", signature_algorithms: ";

    EXPECT_EQ(
        value_of(answer_to(of_tls_1_2 + "[ECDSA+SHA384, ECDSA+SHA256]").body, "signature"), "SHA384"
    );
    EXPECT_EQ(
        value_of(answer_to(of_tls_1_2 + "[ECDSA+SHA256, ECDSA+SHA384]").body, "signature"), "SHA256"
    );
}

TEST_F(Offer, AnnouncesNoNameWhereTheProfileSaysSoAndVerifiesIt) {
    const Response response = answer_to("server_name: none");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(value_of(response.body, "server_name"), "none");

    const Issued other = partner_.issuer().issue(
        {.common_name = "other", .dns_names = {"other.example"}, .server_auth = true}
    );
    ScriptedServer::Options options = partner_.strict_server();
    options.certificate = partner_.files().write("other.pem", other.chain_pem());
    options.key = partner_.files().write("other.key", other.key_pem());
    const ScriptedServer server{options, tell};
    const Response refused =
        ask(server, partner_.configuration(server.port(), "tls: { server_name: none }"));

    EXPECT_EQ(refused.status, 502);
    EXPECT_NE(
        refused.body.find("No name was announced to it: tls.server_name of profile 'partner' is "
                          "none."),
        std::string::npos
    ) << refused.body;
}

TEST_F(Offer, HasNoProtocolWhereTheListIsEmpty) {
    EXPECT_EQ(value_of(answer_to("alpn: []").body, "alpn"), "none");
}

TEST_F(Offer, IsNamedWhereTheServerFindsNothingInIt) {
    ScriptedServer::Options options = partner_.strict_server();
    options.max_version = TLS1_2_VERSION;
    const ScriptedServer server{options, tell};
    // Of servers with an RSA key, which this one has not.
    const Response response =
        ask(server,
            partner_.configuration(server.port(), "tls: { ciphers: [ECDHE-RSA-AES128-GCM-SHA256] }")
        );

    EXPECT_EQ(response.status, 502);
    EXPECT_NE(
        response.body.find("What is offered is limited by ciphers under tls: in profile 'partner'."
        ),
        std::string::npos
    ) << response.body;
}

class RequireClientAuth : public Offer {
protected:
    static constexpr std::string_view kRule = "tls: { require_client_auth: true }";
};

TEST_F(RequireClientAuth, TakesAServerThatAsks) {
    const ScriptedServer server{
        partner_.strict_server(), [](Peer& peer) {
            if (peer.read_request().empty()) return;
            peer.write(ok(peer.session_reused() ? "resumed" : "full", "Connection: close\r\n"));
        }};
    const ProxyUnderTest proxy{partner_.configuration(server.port(), kRule, "workers: 1")};

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "full");
    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "resumed");
}

TEST_F(RequireClientAuth, RefusesAServerThatDoesNotAsk) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        ScriptedServer::Options options = partner_.server();
        options.min_version = options.max_version = version;
        std::atomic<bool> got_a_request = false;
        std::atomic<bool> resumed = false;
        const ScriptedServer server{options, [&](Peer& peer) {
                                        if (peer.session_reused()) resumed = true;
                                        if (!peer.read_request().empty()) got_a_request = true;
                                    }};
        const ProxyUnderTest proxy{partner_.configuration(server.port(), kRule, "workers: 1")};

        for (int twice = 0; twice < 2; ++twice) {
            const Response response = proxy.exchange(absolute_get(server.authority(), "/"));
            EXPECT_EQ(response.status, 502);
            EXPECT_EQ(proxy_error(response), "tls_protocol_error");
            EXPECT_NE(
                response.body.find("did not ask for a client certificate, and profile 'partner' "
                                   "wants it to have seen one (tls.require_client_auth)."),
                std::string::npos
            ) << response.body;
        }
        EXPECT_FALSE(got_a_request);
        EXPECT_FALSE(resumed) << "what is refused would be refused again";
    }
}

// The server would take the key's signature: the profile allows none of them in TLS 1.3, where the
// curve of a key says by which digest it signs.
TEST_F(RequireClientAuth, SaysThatTheProfileAllowsNoSignatureOfItsKey) {
    ScriptedServer::Options options = partner_.strict_server();
    const Issued rsa = partner_.issuer().issue(
        {.common_name = "localhost",
         .dns_names = {"localhost"},
         .server_auth = true,
         .key_kind = KeyKind::rsa_2048}
    );
    options.certificate = partner_.files().write("rsa.pem", rsa.chain_pem());
    options.key = partner_.files().write("rsa.key", rsa.key_pem());
    const ScriptedServer server{options, tell};
    const ProxyUnderTest proxy{partner_.configuration(
        server.port(), "tls: { signature_algorithms: [rsa_pss_rsae_sha256, ECDSA+SHA384] }"
    )};

    const Response response =
        proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));

    EXPECT_EQ(response.status, 502);
    for (const char* const part :
         {"takes no signature of such a key as that of 'CN=alice' (EC P-256) by an algorithm that "
          "profile 'partner' allows (tls.signature_algorithms), which was not sent.",
          "Remove signature_algorithms from tls: in profile 'partner'"}) {
        EXPECT_NE(response.body.find(part), std::string::npos) << response.body;
    }
    EXPECT_NE(response.head.find(": no signature algorithm in common"), std::string::npos)
        << response.head;
}

TEST_F(RequireClientAuth, RefusesAServerThatTakesNoSignatureOfTheKey) {
    ScriptedServer::Options options = partner_.strict_server();
    options.asks_late = true;
    options.client_signatures = "RSA-PSS+SHA256";
    options.takes_none = true;
    const ScriptedServer server{options, tell};

    const Response response =
        ask(server, partner_.configuration(server.port(), std::string{kRule}));

    EXPECT_EQ(response.status, 502);
    EXPECT_NE(
        response.body.find("The server asked for a client certificate and was sent none, since it "
                           "takes no signature of such a key as that of 'CN=alice'"),
        std::string::npos
    ) << response.body;
}

}  // namespace
}  // namespace countersign::tests
