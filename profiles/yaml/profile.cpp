#include "profiles/yaml/profile.hpp"

#include <algorithm>

#include "profiles/yaml/map.hpp"
#include "profiles/yaml/scalars.hpp"
#include "profiles/yaml/transport_rules.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kHost = "a host, \"*.\" and a domain, or \"*\"";
constexpr auto as_port = [](const YamlField& field) {
    return number_from<std::uint16_t>(1, 65535)(field);
};

/// What was probably meant by a text that is no host.
std::string host_hint(std::string_view text) {
    if (text.find("://") != text.npos) return "; a host stands without scheme and path";
    const bool one_colon = std::ranges::count(text, ':') == 1;
    if (one_colon) return "; a port belongs under 'ports'";
    const bool ascii = std::ranges::none_of(text, [](char c) { return (c & 0x80) != 0; });
    if (!ascii) return "; no name with these letters can be registered (IDNA 2008)";
    const bool a_label = text.find("xn--") != text.npos;
    return a_label ? "; a label that begins with xn-- stands for no name (IDNA 2008)" : "";
}

std::optional<HostPattern> as_host_pattern(const YamlField& field) {
    const auto text = field.scalar(kHost);
    if (!text) return std::nullopt;
    auto pattern = HostPattern::parse(*text);
    if (!pattern) field.unexpected(std::string{kHost} + host_hint(*text));
    return pattern;
}

/// A list in which nothing stands twice.
template <class T, class AsValue>
std::vector<T> read_list(const YamlField& field, std::string_view expected, AsValue as_value) {
    std::vector<T> values;
    const auto items = field.items(expected);
    if (!items) return values;
    for (const auto& item : *items) {
        auto value = as_value(item);
        if (!value) continue;
        if (std::ranges::find(values, *value) != values.end()) {
            item.problem(quote(item.node().text) + " stands twice in this list");
        } else {
            values.push_back(std::move(*value));
        }
    }
    return values;
}

std::string read_name(YamlMap& map, UniqueNames& unique) {
    const auto name = unique.read(map);
    if (!name) return "";
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    if (!is_letter(name->front()) || !std::ranges::all_of(*name, allowed)) {
        map.find("name")->unexpected("lower-case letters, digits and '-', a letter first");
    } else if (name == "http" || name == "https" || name == "ws" || name == "wss") {
        map.find("name")->problem("'" + *name + "' is a URL scheme already; choose another name");
    }
    return *name;
}

TrustRule read_trust(const YamlField& field, const RecordNames& records) {
    TrustRule trust;
    const auto as_trust = [&](const YamlField& item) -> std::optional<std::string> {
        const bool system = item.node().text == "system";
        return system ? std::optional<std::string>{"system"} : records.as_trust(item);
    };
    const auto before = field.report().problem_count();
    trust.records = read_list<std::string>(field, "a list such as [partner-ca, system]", as_trust);
    trust.system = std::erase(trust.records, "system") > 0;

    const bool empty = trust.records.empty() && !trust.system;
    if (empty && field.report().problem_count() == before) {
        field.problem("an empty list trusts no server; name a trust_store_cert or \"system\"");
    }
    return trust;
}

}  // namespace

Profile read_profile(const YamlField& field, UniqueNames& unique, const RecordNames& records) {
    Profile profile;
    YamlMap map{field, "a profile: a map with name and hosts"};
    profile.name = read_name(map, unique);
    if (const auto hosts = map.find("hosts")) {
        profile.hosts = read_list<HostPattern>(*hosts, "a list of hosts", as_host_pattern);
    }
    if (const auto ports = map.find("ports")) {
        profile.ports = read_list<std::uint16_t>(*ports, "a list of ports", as_port);
    }
    map.read("default_port", profile.default_port, as_port);
    map.read("key_store", profile.key_store, [&](const auto& name) {
        return records.as_key_store(name);
    });
    if (const auto trust = map.find("trust")) profile.trust = read_trust(*trust, records);

    if (const auto tls = map.find("tls")) profile.tls = read_tls_rules(*tls);
    if (const auto timeouts = map.find("timeouts")) profile.timeouts = read_timeouts(*timeouts);
    if (const auto pool = map.find("pool")) profile.pool = read_pool_rules(*pool);
    map.read(
        "retry", profile.retry,
        one_of<RetryRule>(
            {{"never", RetryRule::never},
             {"if_unsent", RetryRule::if_unsent},
             {"idempotent", RetryRule::idempotent}}
        )
    );
    map.unsupported(
        {"paths", "clients", "listeners", "connect_to", "parent_proxy", "request_headers",
         "preserve_host", "connect_method"}
    );
    return profile;
}

}  // namespace countersign::profiles
