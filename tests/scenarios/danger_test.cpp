#include "profiles/danger.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <string>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/gnutls_server.hpp"

namespace countersign::tests {
namespace {

/// A server that is reached by one switch, and by that alone.
struct Old {
    const char* name;
    const char* key;  ///< of the switch
    CertificateSpec certificate;
    std::function<void(ScriptedServer::Options&)> more;
};

CertificateSpec for_localhost() {
    return {.common_name = "localhost", .dns_names = {"localhost"}, .server_auth = true};
}
CertificateSpec with_key(KeyKind kind) {
    CertificateSpec spec = for_localhost();
    spec.key_kind = kind;
    return spec;
}
CertificateSpec with_sha1() {
    CertificateSpec spec = for_localhost();
    spec.sha1 = true;
    return spec;
}

const Old kOld[] = {
    {"Tls10", "danger_tls10", for_localhost(),
     [](auto& options) { options.min_version = options.max_version = TLS1_VERSION; }},
    {"Tls11", "danger_tls10", with_key(KeyKind::rsa_2048),
     [](auto& options) { options.min_version = options.max_version = TLS1_1_VERSION; }},
    {"Sha1", "danger_sha1", with_sha1(), [](auto&) {}},
    {"SmallDh", "danger_small_dh", with_key(KeyKind::rsa_2048),
     [](auto& options) {
         options.max_version = TLS1_2_VERSION;
         options.ciphers = "DHE-RSA-AES128-GCM-SHA256";
         options.small_dh = true;
     }},
    {"WeakKey", "danger_weak_keys", with_key(KeyKind::rsa_1024), [](auto&) {}},
    {"CommonName",
     "danger_common_name",
     {.common_name = "localhost", .server_auth = true},
     [](auto&) {}},
};

class Danger : public testing::TestWithParam<Old> {
protected:
    ScriptedServer::Options options() const {
        ScriptedServer::Options options = partner_.strict_server();
        const Issued issued = partner_.issuer().issue(GetParam().certificate);
        options.certificate = partner_.files().write("old.pem", issued.chain_pem());
        options.key = partner_.files().write("old.key", issued.key_pem());
        options.careless = true;
        GetParam().more(options);
        return options;
    }
    static void answer(Peer& peer) {
        while (!peer.read_request().empty()) peer.write(ok("whole"));
    }
    static Response ask(const ScriptedServer& server, const std::string& yaml) {
        const ProxyUnderTest proxy{yaml};
        return proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));
    }
    std::string yaml(const ScriptedServer& server, const std::string& switches) const {
        return partner_.configuration(server.port(), "tls: { " + switches + " }");
    }

    const Partner partner_;
};

TEST_P(Danger, IsRefusedAndTheRefusalNamesTheSwitch) {
    const ScriptedServer server{options(), answer};

    const Response response = ask(server, yaml(server, ""));

    EXPECT_EQ(response.status, 502);
    EXPECT_NE(
        response.body.find(
            "tls: { " + std::string{GetParam().key} +
            ": true } in profile "
            "'partner' accepts it, at a price: "
        ),
        std::string::npos
    ) << response.body;
}

TEST_P(Danger, IsAcceptedByItsOwnSwitch) {
    const ScriptedServer server{options(), answer};

    const Response response = ask(server, yaml(server, std::string{GetParam().key} + ": true"));

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.body, "whole");
}

TEST_P(Danger, IsAcceptedByNoOtherSwitch) {
    std::string others;
    for (const profiles::DangerSwitch& one : profiles::kDangerSwitches) {
        const bool own = one.key == GetParam().key;
        if (own || one.danger == profiles::Danger::accept_any_server) continue;
        others += (others.empty() ? "" : ", ") + std::string{one.key} + ": true";
    }
    const ScriptedServer server{options(), answer};

    EXPECT_EQ(ask(server, yaml(server, others)).status, 502);
}

INSTANTIATE_TEST_SUITE_P(Servers, Danger, testing::ValuesIn(kOld), [](const auto& row) {
    return row.param.name;
});

class LegacyServer : public testing::Test {
protected:
    const Partner partner_;
};

TEST_F(LegacyServer, MayLackSecureRenegotiation) {
    const ScriptedServer::Options files = partner_.server();
    const GnutlsServer server{
        {files.certificate, files.key,
         "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION"}};
    const auto ask = [&](const std::string& more) {
        const ProxyUnderTest proxy{partner_.configuration(server.port(), more)};
        return proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));
    };

    const Response refused = ask("");
    EXPECT_EQ(refused.status, 502);
    EXPECT_NE(
        refused.body.find("tls: { danger_legacy_renegotiation: true } in profile 'partner'"),
        std::string::npos
    ) << refused.body;
    EXPECT_EQ(ask("tls: { danger_tls10: true, danger_sha1: true }").status, 502);
    for (const char* const key : {"danger_legacy_renegotiation", "danger_legacy_server"}) {
        const Response response = ask("tls: { " + std::string{key} + ": true }");
        EXPECT_EQ(response.status, 200) << key << response.body;
        EXPECT_NE(response.body.find("GnuTLS"), std::string::npos);
    }
}

TEST_F(LegacyServer, GetsAllThatIsOldByOneSwitch) {
    CertificateSpec spec = with_sha1();
    spec.key_kind = KeyKind::rsa_1024;
    const Issued issued = partner_.issuer().issue(spec);
    ScriptedServer::Options options = partner_.strict_server();
    options.certificate = partner_.files().write("old.pem", issued.chain_pem());
    options.key = partner_.files().write("old.key", issued.key_pem());
    options.careless = options.small_dh = true;
    options.min_version = options.max_version = TLS1_VERSION;
    options.ciphers = "DHE-RSA-AES128-SHA";
    const ScriptedServer server{options, [](Peer& peer) {
                                    while (!peer.read_request().empty()) peer.write(ok("old"));
                                }};
    ProxyUnderTest proxy{
        partner_.configuration(server.port(), "tls: { danger_legacy_server: true }")};

    const Response response =
        proxy.exchange(absolute_get("localhost:" + std::to_string(server.port()), "/"));

    EXPECT_EQ(response.body, "old");
    ASSERT_EQ(proxy.stop(), 0);
    const std::string log = proxy.log();
    for (const profiles::DangerSwitch& one : profiles::kDangerSwitches) {
        const std::string said = "profile 'partner': tls." + std::string{one.key} + ": ";
        EXPECT_EQ(log.find(said) != std::string::npos, one.danger <= profiles::Danger::weak_keys)
            << said;
    }
}

TEST_F(LegacyServer, MayEndABodyWithItsConnectionAlone) {
    const ScriptedServer server{partner_.strict_server(), [](Peer& peer) {
                                    if (peer.read_request().empty()) return;
                                    peer.write("HTTP/1.1 200 OK\r\n\r\nwhole");
                                    peer.close_without_notice();
                                }};
    const auto looks_whole = [&](const std::string& more) {
        const ProxyUnderTest proxy{partner_.configuration(server.port(), more)};
        try {
            const Response response = proxy.exchange(absolute_get(server.authority(), "/"));
            return response.complete && response.body == "whole";
        } catch (const std::exception&) {
            return false;
        }
    };

    EXPECT_FALSE(looks_whole(""));
    EXPECT_TRUE(looks_whole("tls: { danger_accept_truncation: true }"));
}

TEST_F(LegacyServer, MayBeAnybody) {
    const Issued issued =
        Ca::self_signed({.common_name = "nobody", .not_after = -std::chrono::hours{1}});
    ScriptedServer::Options options = partner_.strict_server();
    options.certificate = partner_.files().write("any.pem", issued.certificate_pem());
    options.key = partner_.files().write("any.key", issued.key_pem());
    const ScriptedServer server{options, [](Peer& peer) {
                                    if (peer.read_request().empty()) return;
                                    peer.write(ok("anybody", "Connection: close\r\n"));
                                }};
    ProxyUnderTest proxy{
        partner_.configuration(server.port(), "tls: { danger_accept_any_server: true }")};

    for (int twice = 0; twice < 2; ++twice) {
        EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "anybody");
    }
    ASSERT_EQ(proxy.stop(), 0);
    EXPECT_NE(proxy.log().find("EVERY SERVER IS ACCEPTED"), std::string::npos);
}

TEST_F(LegacyServer, MayGetAnIdentityWithASmallKey) {
    const Issued weak = partner_.issuer().issue(
        {.common_name = "weak", .client_auth = true, .key_kind = KeyKind::rsa_1024}
    );
    const std::string file = partner_.write_identity("weak", weak);
    ScriptedServer::Options options = partner_.strict_server();
    options.careless = true;
    const ScriptedServer server{options, [](Peer& peer) {
                                    if (!peer.read_request().empty())
                                        peer.write(ok(peer.client_subject()));
                                }};
    const std::string yaml =
        "certificates:\n  - { name: weak, type: pem_key_store, file: " + file +
        " }\n  - { name: ca, type: trust_store_cert, file: " + partner_.root_file().string() +
        " }\nprofiles:\n  - { name: p, hosts: [127.0.0.1], key_store: weak, trust: [ca], tls: { "
        "danger_weak_keys: true } }\n";
    const ProxyUnderTest proxy{yaml};

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).body, "CN=weak");
}

}  // namespace
}  // namespace countersign::tests
