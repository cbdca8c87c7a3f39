#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/scenarios/scenario.hpp"
#include "tests/scenarios/server_pin.hpp"

namespace countersign::tests {
namespace {

/// A server whose certificate the operator knows by itself, and that has not the name by which it
/// is called.
struct Misnamed {
    const char* name;
    CertificateSpec certificate;
    std::string host;
};

CertificateSpec named(const char* dns, const char* ip) {
    CertificateSpec spec{.common_name = "appliance", .server_auth = true};
    if (*dns != '\0') spec.dns_names = {dns};
    if (*ip != '\0') spec.ip_addresses = {ip};
    return spec;
}

const Misnamed kMisnamed[] = {
    {"Nameless", named("", ""), "localhost"},
    {"NamelessByAddress", named("", ""), "127.0.0.1"},
    {"AnotherHosts", named("web.example", ""), "localhost"},
    {"OfAnotherAddress", named("", "192.0.2.7"), "127.0.0.1"},
    {"WithTheAddressAsAName", named("127.0.0.1", ""), "127.0.0.1"},
};

class PinnedName : public testing::TestWithParam<Misnamed> {
protected:
    PinnedName() {
        ScriptedServer::Options options = partner_.strict_server();
        options.certificate = partner_.files().write("leaf.pem", leaf_.chain_pem());
        options.key = partner_.files().write("leaf.key", leaf_.key_pem());
        server_.emplace(options, [](Peer& peer) {
            while (!peer.read_request().empty()) peer.write(ok("whole"));
        });
        partner_.files().write("own.pem", leaf_.certificate_pem());
    }
    /// `trust`: partner-ca, or own: the server's certificate.
    Response ask(const std::string& trust, const std::string& tls) const {
        std::string yaml = partner_.certificates();
        yaml += "  - { name: own, type: trust_store_cert, file: " +
                (partner_.files() / "own.pem").string() + " }\n";
        yaml += "profiles: [{ name: partner, hosts: [\"*\"], key_store: alice, trust: [" + trust +
                "], tls: { " + tls + " } }]\n";
        const ProxyUnderTest proxy{yaml};
        return proxy.exchange(
            absolute_get(GetParam().host + ":" + std::to_string(server_->port()), "/")
        );
    }
    static std::string pins(const X509* certificate) {
        return "pins: [\"" + pin_of(certificate) + "\"]";
    }
    static bool names_the_switch(const Response& response) {
        return response.body.find(
                   "If that cannot be, tls: { danger_pinned_name: true } in profile 'partner' "
                   "accepts it, at a price: "
               ) != std::string::npos;
    }

    const Partner partner_;
    const Issued leaf_ = partner_.issuer().issue(GetParam().certificate);
    std::optional<ScriptedServer> server_;
};

TEST_P(PinnedName, IsTheCertificateInTheTrust) {
    const Response refused = ask("own", "");
    EXPECT_EQ(refused.status, 502);
    EXPECT_TRUE(names_the_switch(refused)) << refused.body;

    EXPECT_EQ(ask("own", "danger_pinned_name: true").body, "whole");
}

TEST_P(PinnedName, IsTheKeyAmongThePins) {
    const std::string pin = pins(leaf_.certificate.get());
    const Response refused = ask("partner-ca", pin);
    EXPECT_EQ(refused.status, 502);
    EXPECT_TRUE(names_the_switch(refused)) << refused.body;

    EXPECT_EQ(ask("partner-ca", pin + ", danger_pinned_name: true").body, "whole");
}

TEST_P(PinnedName, IsNoneWhereAnAuthorityIsPinned) {
    const Response response =
        ask("partner-ca", pins(partner_.issuer().certificate()) + ", danger_pinned_name: true");

    EXPECT_EQ(response.status, 502);
    EXPECT_FALSE(names_the_switch(response)) << response.body;
}

/// A pin stands for the name, and for nothing else.
TEST_P(PinnedName, IsNoTrust) {
    const std::string rules = pins(leaf_.certificate.get()) + ", danger_pinned_name: true";
    const Partner stranger;
    partner_.files().write("own.pem", stranger.root().certificate_pem());

    EXPECT_EQ(ask("own", rules).status, 502);
}

TEST_P(PinnedName, StandsForVerifyNamesToo) {
    const std::string rules = "verify_names: [api.partner.example]";
    const Response refused = ask("own", rules);
    EXPECT_EQ(refused.status, 502);
    EXPECT_TRUE(names_the_switch(refused)) << refused.body;

    EXPECT_EQ(ask("own", rules + ", danger_pinned_name: true").body, "whole");
}

INSTANTIATE_TEST_SUITE_P(Servers, PinnedName, testing::ValuesIn(kMisnamed), [](const auto& row) {
    return std::string{row.param.name};
});

}  // namespace
}  // namespace countersign::tests
