#include "profiles/yaml/transport_rules.hpp"

#include "profiles/host_pattern.hpp"
#include "profiles/yaml/https_url.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"
#include "profiles/yaml/server_names.hpp"
#include "profiles/yaml/tls_offer.hpp"

namespace countersign::profiles {
namespace {

constexpr std::uint32_t kMostConnections = 1'000'000;
constexpr std::uint32_t kMostRequests = 4'000'000'000;

std::optional<std::string> as_server_name(const YamlField& field) {
    constexpr std::string_view kExpected = "a host name";
    // The documented default.
    if (field.node().kind == YamlNode::Kind::null) return std::nullopt;
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    auto name = normalise_host(*text);
    if (!name) field.unexpected(kExpected);
    return name;
}

std::optional<TlsVersion> as_version(const YamlField& field) {
    if (!field.is_word("1.0") && !field.is_word("1.1")) return one_of(kTlsVersions)(field);
    field.unexpected("1.2 or 1.3; TLS 1.0 and 1.1 are offered by danger_tls10: true");
    return std::nullopt;
}

Dangers read_dangers(YamlMap& map) {
    Dangers dangers;
    bool legacy = false;
    map.read(kLegacyServer, legacy, as_bool);
    for (const DangerSwitch& one : kDangerSwitches) {
        bool on = legacy && one.danger <= Danger::weak_keys;
        map.read(one.key, on, as_bool);
        if (on) dangers.add(one.danger);
    }
    const auto lowest = map.find("min_version");
    if (lowest && dangers.has(Danger::tls10)) {
        lowest->problem(
            "danger_tls10 offers TLS 1.0 and up, and min_version does not; remove one of "
            "them"
        );
    }
    return dangers;
}

std::optional<std::filesystem::path> as_key_log(const YamlField& field) {
    if (field.node().kind == YamlNode::Kind::null) return std::nullopt;
    if (!field.is_word("true") && !field.is_word("false")) return as_path(field);
    field.unexpected("the path of the file that the keys are written to, such as ./tls.keys");
    return std::nullopt;
}

/// With lists, what they say counts; `off` beside them would leave them unread.
void read_revocation(YamlMap& map, TlsRules& rules) {
    if (const auto lists = map.find("crl")) {
        rules.crl = read_list<std::filesystem::path>(
            *lists, "a list of files with revocation lists", as_existing_file
        );
    }
    if (!rules.crl.empty()) rules.revocation = RevocationRule::soft;
    map.read("revocation", rules.revocation, one_of(kRevocationRules));
    const bool asks = rules.revocation != RevocationRule::off;
    if (!asks && !rules.crl.empty()) {
        map.find("revocation")
            ->problem("the files of crl are not looked at then; remove one of the two");
    }
    if (asks && rules.dangers.has(Danger::accept_any_server)) {
        const auto field = map.find(rules.crl.empty() ? "revocation" : "crl");
        field->problem("danger_accept_any_server verifies nothing; remove one of the two");
    }
}

/// What would be verified stands beside the switch that has nothing verified.
void refuse_verification_of_any(YamlMap& map, const TlsRules& rules) {
    if (!rules.dangers.has(Danger::accept_any_server)) return;
    for (const std::string_view key : {"verify_names", "pins"}) {
        if (const auto field = map.find(key)) {
            field->problem(
                "danger_accept_any_server accepts a server that has none of them; remove "
                "one of the two"
            );
        }
    }
}

void read_server_name(YamlMap& map, TlsRules& rules) {
    const auto field = map.find("server_name");
    if (!field) return;
    rules.offer.server_name = !field->is_word("none");
    if (rules.offer.server_name) rules.server_name = as_server_name(*field);
}

/// Of what is said for one version, and of that which is left of them.
void refuse_other_version(
    YamlMap& map, std::string_view key, bool used, const std::string& why_not
) {
    const auto field = map.find(key);
    const bool says_some = field && field->node().kind != YamlNode::Kind::null;
    if (says_some && !used) field->problem(why_not + "; remove one of them");
}

}  // namespace

TlsRules read_tls_rules(const YamlField& field) {
    TlsRules rules;
    YamlMap map{field, "a map with keys such as min_version"};
    map.read("min_version", rules.min_version, as_version);
    map.read("max_version", rules.max_version, as_version);
    rules.offer = read_tls_offer(map);
    read_server_name(map, rules);
    if (const auto names = map.find("verify_names")) {
        rules.verify_names =
            read_list<VerifyName>(*names, "a list of the names that are accepted", as_verify_name);
    }
    if (const auto pins = map.find("pins")) {
        rules.pins = read_list<Pin>(*pins, "a list such as [sha256/BASE64]", as_pin);
    }
    map.read("session_resumption", rules.session_resumption, as_bool);
    map.read("renegotiation", rules.renegotiation, one_of(kRenegotiationRules));
    map.read("post_handshake_auth", rules.post_handshake_auth, as_bool);
    map.read("require_client_auth", rules.require_client_auth, as_bool);
    rules.dangers = read_dangers(map);
    if (const auto log = map.find(kKeyLog)) rules.key_log = as_key_log(*log);
    read_revocation(map, rules);
    refuse_verification_of_any(map, rules);
    refuse_other_version(
        map, "cipher_suites", rules.max_version == TlsVersion::tls_1_3,
        "these are of TLS 1.3, and max_version is 1.2"
    );
    refuse_other_version(
        map, "ciphers", rules.min_version == TlsVersion::tls_1_2,
        "these are of TLS 1.2, and min_version is 1.3"
    );
    if (rules.min_version > rules.max_version) {
        map.find("min_version")
            ->problem("min_version 1.3 is above max_version 1.2; remove one of them");
    }
    return rules;
}

Timeouts read_timeouts(const YamlField& field) {
    Timeouts timeouts;
    YamlMap map{field, "a map with keys such as connect"};
    map.read("resolve", timeouts.resolve, as_time_limit);
    map.read("connect", timeouts.connect, as_time_limit);
    map.read("handshake", timeouts.handshake, as_time_limit);
    map.read("request_idle", timeouts.request_idle, as_time_limit);
    map.read("response_header", timeouts.response_header, as_time_limit);
    map.read("response_idle", timeouts.response_idle, as_time_limit);
    return timeouts;
}

PoolRules read_pool_rules(const YamlField& field) {
    PoolRules rules;
    YamlMap map{field, "a map with keys such as max_connections"};
    map.read("max_connections", rules.max_connections, number_from(1U, kMostConnections));
    map.read("max_idle", rules.max_idle, number_from(0U, kMostConnections));
    map.read("idle_timeout", rules.idle_timeout, as_time_limit);
    map.read("max_age", rules.max_age, as_time_limit);
    map.read("max_requests", rules.max_requests, number_from(0U, kMostRequests));
    map.read("max_waiting", rules.max_waiting, number_from(0U, kMostConnections));
    map.read("wait_timeout", rules.wait_timeout, as_time_limit);
    return rules;
}

RotationRules read_rotation_rules(const YamlField& field) {
    RotationRules rules;
    YamlMap map{field, "a map with overlap and verify_with"};
    map.read("overlap", rules.overlap, as_duration);
    map.read("verify_with", rules.verify_with, as_https_url);
    return rules;
}

}  // namespace countersign::profiles
