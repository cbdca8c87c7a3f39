#include <stdexcept>
#include <string>
#include <vector>

#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

TlsRules read(const std::string& rules) {
    const auto configuration = read_configuration_text(
        "profiles: [{ name: partner, tls: { " + rules + " } }]\n", "c.yaml"
    );
    if (!configuration) throw std::runtime_error{configuration.error().front().to_text()};
    return configuration->profiles.at(0).tls;
}

TEST(TlsOffer, IsOpensslsByItself) {
    for (const std::string rules :
         {"", "cipher_suites: null, ciphers: null, groups: null, signature_algorithms: null",
          "alpn: [http/1.1], server_name: null"}) {
        EXPECT_EQ(read(rules).offer, TlsOffer{}) << rules;
        EXPECT_TRUE(read(rules).offer.limits().empty()) << rules;
    }
}

TEST(TlsOffer, HasTheNamesAsTheyStand) {
    const TlsOffer offer =
        read(
            "cipher_suites: [TLS_AES_128_GCM_SHA256], ciphers: [AES128-SHA256, ECDHE_X], groups: "
            "[X25519, P-256], signature_algorithms: [ECDSA+SHA256]"
        )
            .offer;

    EXPECT_EQ(offer.cipher_suites, std::vector<std::string>{"TLS_AES_128_GCM_SHA256"});
    EXPECT_EQ(offer.ciphers, (std::vector<std::string>{"AES128-SHA256", "ECDHE_X"}));
    EXPECT_EQ(offer.groups, (std::vector<std::string>{"X25519", "P-256"}));
    EXPECT_EQ(offer.signature_algorithms, std::vector<std::string>{"ECDSA+SHA256"});
    EXPECT_EQ(
        offer.limits(), (std::vector<std::string_view>{
                            "cipher_suites", "ciphers", "groups", "signature_algorithms"})
    );
}

TEST(TlsOffer, MayLackProtocolAndName) {
    const TlsRules rules = read("alpn: [], server_name: none");

    EXPECT_FALSE(rules.offer.alpn);
    EXPECT_FALSE(rules.offer.server_name);
    EXPECT_EQ(rules.server_name, std::nullopt);
}

TEST(TlsDangers, AreEachASwitch) {
    for (const DangerSwitch& one : kDangerSwitches) {
        const Dangers dangers = read(std::string{one.key} + ": true").dangers;

        for (const DangerSwitch& other : kDangerSwitches) {
            EXPECT_EQ(dangers.has(other.danger), other.danger == one.danger) << one.key;
        }
    }
    EXPECT_TRUE(read("danger_legacy_server: false").dangers.empty());
}

TEST(TlsDangers, OfAnOldServerAreOneSwitchAndMayBeLeftOutOfIt) {
    const Dangers dangers = read("danger_legacy_server: true, danger_tls10: false").dangers;

    for (const DangerSwitch& one : kDangerSwitches) {
        const bool expected = one.danger <= Danger::weak_keys && one.danger != Danger::tls10;
        EXPECT_EQ(dangers.has(one.danger), expected) << one.key;
    }
}

INSTANTIATE_TEST_SUITE_P(
    TlsOffer, ProblemTable,
    testing::Values(
        ProblemCase{
            "OfferNotAList",
            "profiles:\n"
            "  - name: partner\n"
            "    tls:\n"
            "      cipher_suites: TLS_AES_128_GCM_SHA256\n"
            "      ciphers: AES128-SHA256:AES256-SHA256\n"
            "      groups: X25519\n"
            "      signature_algorithms: { a: b }\n"
            "      alpn: http/1.1\n",
            "4:22: profiles[0].tls.cipher_suites: found 'TLS_AES_128_GCM_SHA256'; expected a list "
            "of cipher suites of TLS 1.3: write [TLS_AES_128_GCM_SHA256]\n"
            "5:16: profiles[0].tls.ciphers: found 'AES128-SHA256:AES256-SHA256'; expected a list "
            "of cipher suites of TLS 1.2: write [AES128-SHA256, AES256-SHA256]\n"
            "6:15: profiles[0].tls.groups: found 'X25519'; expected a list of groups: write "
            "[X25519]\n"
            "7:29: profiles[0].tls.signature_algorithms: found a map; expected a list of signature "
            "algorithms\n"
            "8:13: profiles[0].tls.alpn: found 'http/1.1'; expected a list of protocols: write "
            "[http/1.1]"},
        ProblemCase{
            "OfferOfNoNames",
            "profiles:\n"
            "  - name: partner\n"
            "    tls:\n"
            "      ciphers: ['HIGH:!MD5', '']\n"
            "      groups: []\n"
            "      alpn: [h2, spdy]\n",
            "4:17: profiles[0].tls.ciphers[0]: found 'HIGH:!MD5'; expected a name alone; "
            "expressions such as HIGH and !MD5 are not read\n"
            "4:30: profiles[0].tls.ciphers[1]: found ''; expected a name alone; expressions such "
            "as HIGH and !MD5 are not read\n"
            "5:15: profiles[0].tls.groups: an empty list would offer none; leave the key out for "
            "OpenSSL's own\n"
            "6:14: profiles[0].tls.alpn[0]: found 'h2'; expected http/1.1, the only protocol that "
            "servers are spoken to in\n"
            "6:18: profiles[0].tls.alpn[1]: found 'spdy'; expected http/1.1; an empty list offers "
            "no protocol, for a server that stumbles over that"},
        ProblemCase{
            "OfferOfAnotherVersion",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { max_version: 1.2, cipher_suites: [TLS_AES_128_GCM_SHA256] }\n"
            "  - name: other\n"
            "    tls: { min_version: 1.3, ciphers: [AES128-SHA256] }\n",
            "3:45: profiles[0].tls.cipher_suites: these are of TLS 1.3, and max_version is 1.2; "
            "remove one of them\n"
            "5:39: profiles[1].tls.ciphers: these are of TLS 1.2, and min_version is 1.3; remove "
            "one of them"},
        ProblemCase{
            "ClientAuthWithoutAKeyStore",
            "profiles:\n"
            "  - name: partner\n"
            "    tls: { require_client_auth: true }\n",
            "3:10: profiles[0].tls: require_client_auth wants a server to ask for a certificate, "
            "and the profile has none to send: add key_store, or remove it"}
    ),
    case_name
);

}  // namespace
}  // namespace countersign::profiles
