#include "profiles/yaml/profile.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"
#include "profiles/network.hpp"
#include "profiles/yaml/address_parts.hpp"
#include "profiles/yaml/host_port.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/request_headers.hpp"
#include "profiles/yaml/scalars.hpp"
#include "profiles/yaml/transport_rules.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kHost = "a host, \"*.\" and a domain, or \"*\"";
constexpr std::size_t kMostCombinations = 100'000;
constexpr auto as_port = [](const YamlField& field) {
    return number_from<std::uint16_t>(1, 65535)(field);
};

/// What was probably meant by a text that is no host.
std::string host_hint(std::string_view text) {
    if (text.find("://") != text.npos) return "; a host stands without scheme and path";
    if (text.find('*', text.starts_with("*.") ? 1 : 0) != text.npos) {
        return "; a '*' stands first and for whole labels: write \"*.DOMAIN\" for all names below "
               "a "
               "domain, or list the hosts one by one";
    }
    if (text.find_first_of(", \t") != text.npos) {
        return "; a host has no spaces and commas: write two hosts as two items, [a.example, "
               "b.example]";
    }
    if (Network::parse(text)) return "; a network is no host: list its addresses one by one";
    if (!certs::is_ascii(text)) return "; no name with these letters can be registered (IDNA 2008)";
    const bool a_label = text.find("xn--") != text.npos;
    return a_label ? "; a label that begins with xn-- stands for no name (IDNA 2008)" : "";
}

std::optional<HostPattern> as_host_pattern(const YamlField& field) {
    const auto text = field.scalar(kHost);
    if (!text) return std::nullopt;
    auto pattern = HostPattern::parse(*text);
    if (pattern) return pattern;
    const auto instead = Network::parse(*text) ? std::string{} : host_and_keys(*text);
    if (instead.empty()) {
        field.unexpected(std::string{kHost} + host_hint(*text));
    } else {
        const bool url = text->find("://") != text->npos;
        field.unexpected(
            (url ? "a host alone, without the URL's scheme: write " : "a host alone: write ") +
            instead
        );
    }
    return std::nullopt;
}

std::optional<PathPrefix> as_path_prefix(const YamlField& field) {
    constexpr std::string_view kExpected = "a path such as /orders";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (const auto prefix = PathPrefix::parse(*text)) return prefix;
    if (*text == "/") {
        field.problem("'/' is every path; leave 'paths' out");
    } else if (text->starts_with('/') && text->ends_with('/') && text->find("//") == text->npos) {
        field.unexpected(
            quote(text->substr(0, text->size() - 1)) + ", which is this path and all below it"
        );
    } else if (const auto whole = "/" + std::string{*text};
               !text->starts_with('/') && PathPrefix::parse(whole)) {
        field.unexpected("a path, which begins with '/': write " + whole);
    } else {
        field.unexpected(
            std::string{kExpected} +
            ", without empty and dot segments, query, ';', '\\', and escapes of '/', '\\' and '%'"
        );
    }
    return std::nullopt;
}

std::optional<std::string> as_method(const YamlField& field) {
    constexpr std::string_view kExpected = "a method in capital letters, such as GET";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    const auto allowed = [](char c) { return certs::is_upper_case(c) || c == '-' || c == '_'; };
    if (text->empty() || !std::ranges::all_of(*text, allowed)) {
        field.unexpected(kExpected);
    } else if (*text == "CONNECT") {
        field.problem("what CONNECT gets is said by 'connect_method'; remove it");
    } else {
        return std::string{*text};
    }
    return std::nullopt;
}

std::string read_name(YamlMap& map, UniqueNames& unique) {
    const auto name = unique.read(map);
    if (!name) return "";
    const auto allowed = [](char c) {
        return certs::is_lower_case(c) || certs::is_digit(c) || c == '-';
    };
    if (!certs::is_lower_case(name->front()) || !std::ranges::all_of(*name, allowed)) {
        map.find("name")->unexpected("lower-case letters, digits and '-', a letter first");
    } else if (name == "http" || name == "https" || name == "ws" || name == "wss") {
        map.find("name")->problem(
            "'" + *name +
            "' is a URL scheme already, and a profile's name is one too (partner://HOST/PATH); "
            "choose another name"
        );
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
        field.problem(
            "an empty list trusts no server; write [system] for the system's authorities, or the "
            "name of a trust_store_cert record"
        );
    }
    return trust;
}

/// What the profile says of the requests that are its own.
void read_criteria(YamlMap& map, const KnownNames& known, Profile& profile) {
    if (const auto hosts = map.find("hosts")) {
        profile.hosts = read_list<HostPattern>(*hosts, "a list of hosts", as_host_pattern);
    }
    if (const auto ports = map.find("ports")) {
        profile.ports = read_list<std::uint16_t>(*ports, "a list of ports", as_port);
    }
    if (const auto paths = map.find("paths")) {
        profile.paths = read_list<PathPrefix>(*paths, "a list of paths", as_path_prefix);
    }
    if (const auto methods = map.find("methods")) {
        profile.methods = read_list<std::string>(*methods, "a list of methods", as_method);
    }
    if (const auto clients = map.find("clients")) {
        const auto as_client = [&](const auto& item) { return as_client_pattern(item, known); };
        profile.clients = read_list<ClientPattern>(*clients, "a list of clients", as_client);
    }
    if (const auto listeners = map.find("listeners")) {
        const auto as_name = [&](const auto& item) { return as_listener_name(item, known); };
        profile.listeners = read_list<std::string>(*listeners, "a list of listeners", as_name);
    }
    const auto combinations = std::max<std::size_t>(profile.hosts.size(), 1) *
                              std::max<std::size_t>(profile.ports.size(), 1) *
                              std::max<std::size_t>(profile.paths.size(), 1) *
                              std::max<std::size_t>(profile.methods.size(), 1) *
                              std::max<std::size_t>(profile.clients.size(), 1) *
                              std::max<std::size_t>(profile.listeners.size(), 1);
    if (combinations > kMostCombinations) {
        map.field().problem(
            "its hosts, ports, paths, methods, clients and listeners make " +
            std::to_string(combinations) + " combinations; at most 100000, so make two profiles"
        );
        profile.hosts.clear();  // not to be compared with others
    }
}

/// Its own destinations only: a trial elsewhere would show its identity to a stranger.
bool check_destination(
    const YamlField& field, const std::string& text, const HostPort& at, const Profile& profile
) {
    const bool its_host =
        profile.hosts.empty() || std::ranges::any_of(profile.hosts, [&](const auto& pattern) {
            return pattern.matches(at.host);
        });
    const bool its_port =
        profile.ports.empty() || std::ranges::find(profile.ports, at.port) != profile.ports.end();
    if (its_host && its_port) return true;
    field.problem(
        text + " is none of this profile's destinations: its '" + (its_host ? "ports" : "hosts") +
        "' do not have it"
    );
    return false;
}

/// A server that accepts the identity for its own paths may not for others.
bool check_path(
    const YamlField& field, const std::string& text, const std::string& path, const Profile& profile
) {
    if (profile.paths.empty()) return true;
    const PathSegments segments{path, PathPrefix::kMostSegments};
    const bool its_own = std::ranges::any_of(profile.paths, [&](const PathPrefix& prefix) {
        return segments.begins_with(prefix);
    });
    if (its_own && !segments.ambiguous()) return true;
    field.problem(
        text + " is for no request of this profile: " +
        (its_own ? "servers may read its path in several ways"
                 : "its 'paths' do not have it; name one of them, such as " +
                       quote(profile.paths.front().text()))
    );
    return false;
}

void read_probe_hosts(const YamlField& field, Profile& profile) {
    const auto as_probe_host = [&](const YamlField& item) {
        auto host = as_host_port(item);
        if (host && !check_destination(item, quote(item.node().text), *host, profile)) host.reset();
        return host;
    };
    profile.probe_hosts =
        read_list<HostPort>(field, "a list such as [api.partner.example:443]", as_probe_host);
}

void read_rotation(const YamlField& field, Profile& profile) {
    profile.rotation = read_rotation_rules(field);
    const auto& url = profile.rotation.verify_with;
    if (!url) return;
    const std::string text = "verify_with, " + quote(to_text(*url)) + ",";
    if (!check_destination(field, text, url->at, profile)) return;
    if (!check_path(field, text, url->path, profile)) return;
    if (!profile.key_store) {
        field.problem(
            "verify_with tries a renewed identity, and the profile has none: add key_store, or "
            "remove it"
        );
    }
}

void read_connect_method(YamlMap& map, Profile& profile) {
    map.read("connect_method", profile.connect_method, one_of(kConnectRules));
    if (profile.connect_method == ConnectRule::reject || !profile.is_for_some_requests()) return;
    map.find("connect_method")
        ->problem(
            "inside a tunnel nobody sees paths and methods, so a profile that is for some of them "
            "cannot say tunnel; remove its 'paths' and 'methods', or this"
        );
}

/// The documented default of some keys.
template <class AsValue>
auto null_or(AsValue as_value) {
    return [=](const YamlField& field) {
        const bool nothing = field.node().kind == YamlNode::Kind::null;
        return nothing ? std::nullopt : as_value(field);
    };
}

void read_destination(YamlMap& map, Profile& profile) {
    map.read("connect_to", profile.connect_to, null_or(as_host_port));
    if (const auto headers = map.find("request_headers")) {
        profile.request_headers = read_request_headers(*headers);
    }
    map.read("preserve_host", profile.preserve_host, as_bool);
    if (!profile.preserve_host && !profile.connect_to) {
        map.find("preserve_host")
            ->problem(
                "false makes Host name what 'connect_to' says, which this profile does not have"
            );
    }
}

}  // namespace

Profile read_profile(
    const YamlField& field, UniqueNames& unique, const RecordNames& records, const KnownNames& known
) {
    Profile profile;
    profile.where = field.place().to_text();
    YamlMap map{field, "a profile: a map with name and hosts"};
    profile.name = read_name(map, unique);
    read_criteria(map, known, profile);
    map.read("default_port", profile.default_port, as_port);
    map.read("key_store", profile.key_store, [&](const auto& name) {
        return records.as_key_store(name);
    });
    if (const auto trust = map.find("trust")) profile.trust = read_trust(*trust, records);

    read_destination(map, profile);
    if (const auto tls = map.find("tls")) {
        profile.tls = read_tls_rules(*tls);
        if (profile.tls.require_client_auth && !profile.key_store) {
            tls->problem(
                "require_client_auth wants a server to ask for a certificate, and the profile has "
                "none to send: add key_store, or remove it"
            );
        }
    }
    if (const auto timeouts = map.find("timeouts")) profile.timeouts = read_timeouts(*timeouts);
    if (const auto pool = map.find("pool")) profile.pool = read_pool_rules(*pool);
    map.read("retry", profile.retry, one_of(kRetryRules));
    if (const auto rotation = map.find("rotation")) read_rotation(*rotation, profile);
    if (const auto hosts = map.find("probe_hosts")) read_probe_hosts(*hosts, profile);
    read_connect_method(map, profile);
    map.read("upgrade", profile.upgrade, one_of(kUpgradeRules));
    if (const auto lenient = map.find("response_leniency")) {
        const auto allowed = read_list<ResponseLeniency>(
            *lenient, "a list of deviations", one_of(kResponseLeniencies)
        );
        for (const ResponseLeniency one : allowed) profile.response_leniency.add(one);
    }
    map.unsupported({"parent_proxy"});
    return profile;
}

}  // namespace countersign::profiles
