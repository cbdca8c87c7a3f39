#include "profiles/yaml/listeners.hpp"

#include <algorithm>

#include "profiles/matching/fit.hpp"
#include "profiles/yaml/host_port.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/networks.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"
#include "profiles/yaml/socket_access.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kAddress = "an address such as 127.0.0.1:3128, [::1]:3128 or unix:PATH";
constexpr std::string_view kUnixPrefix = "unix:";
/// sockaddr_un keeps 108 bytes, the last of them a NUL.
constexpr std::size_t kLongestUnixPath = 107;

std::optional<ListenAddress> as_tcp_address(const YamlField& field, std::string_view text) {
    const auto texts = split_host_port(text, 0);
    const auto address = texts ? IpAddress::parse(texts->host) : std::nullopt;
    if (address) return TcpAddress{*address, texts->port};
    field.unexpected(kAddress);
    return std::nullopt;
}

std::optional<ListenAddress> as_unix_address(const YamlField& field, std::string_view text) {
    const auto path = resolve_path(text, field);
    if (!path) return std::nullopt;
    if (text.empty()) {
        field.unexpected(kAddress);
    } else if (path->native().size() > kLongestUnixPath) {
        field.problem(
            quote_file(path->native()) + " is too long for a socket's path; at most 107 bytes"
        );
    } else {
        return UnixAddress{*path};
    }
    return std::nullopt;
}

std::optional<ListenAddress> as_listen_address(const YamlField& field) {
    const auto text = field.scalar(kAddress);
    if (!text) return std::nullopt;
    if (!text->starts_with(kUnixPrefix)) return as_tcp_address(field, *text);
    return as_unix_address(field, text->substr(kUnixPrefix.size()));
}

void check_allow(
    const ListenAddress& address, const YamlField& address_field,
    const std::optional<YamlField>& allow
) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp == nullptr && allow) {
        allow->problem("is for TCP; who may use a socket is said by its mode and group");
    } else if (tcp != nullptr && !allow && !tcp->address.is_loopback()) {
        address_field.problem(
            to_text(address) + " is not loopback; say under 'allow' which networks may connect"
        );
    }
}

/// Port 0 is another one each time.
bool is_taken(const ListenAddress& address, const std::vector<Listener>& listeners) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp != nullptr && tcp->port == 0) return false;
    return std::ranges::find(listeners, address, &Listener::address) != listeners.end();
}

using Rewrite = bool RewriteRules::*;
constexpr certs::Word<Rewrite> kRewrites[] = {
    {"location", &RewriteRules::location},
    {"cookie_domain", &RewriteRules::cookie_domain},
    {"cookie_secure", &RewriteRules::cookie_secure},
};

void read_rewrite(const YamlField& field, Listener& listener) {
    constexpr std::string_view kExpected = "a list such as [location]";
    for (const auto what : read_list<Rewrite>(field, kExpected, one_of(kRewrites))) {
        listener.rewrite.*what = true;
    }
    if (!listener.upstream) field.problem("is for listeners with an 'upstream'; remove it");
}

void read_cross_site(const YamlField& field, Listener& listener) {
    if (const auto rule = one_of(kCrossSiteRules)(field)) listener.cross_site = *rule;
    if (listener.upstream || listener.profile) return;
    field.problem("is for listeners with an 'upstream' or a 'profile'; remove it");
}

/// Where every request of this listener goes; null, the documented default, fixes nothing.
void read_fixed(YamlMap& map, Listener& listener) {
    const auto given = [&](std::string_view key) {
        auto field = map.find(key);
        const bool null = field && field->node().kind == YamlNode::Kind::null;
        return null ? std::nullopt : field;
    };
    if (const auto profile = given("profile")) listener.profile = as_text(*profile);
    if (const auto upstream = given("upstream")) listener.upstream = as_host_port(*upstream);
    if (const auto rewrite = map.find("rewrite")) read_rewrite(*rewrite, listener);
    if (const auto cross_site = map.find("cross_site")) read_cross_site(*cross_site, listener);
}

Listener read_listener(
    const YamlField& field, UniqueNames& unique, const std::vector<Listener>& before
) {
    Listener listener;
    YamlMap map{field, "a listener: a map with name and address"};
    listener.name = unique.read(map).value_or("");
    const auto address_field = map.require("address", kAddress);
    const auto allow = map.find("allow");
    read_fixed(map, listener);
    map.read("tell_identity", listener.tell_identity, as_bool);

    if (allow) listener.allow = as_networks(*allow).value_or(listener.allow);
    if (allow && allow->node().kind == YamlNode::Kind::sequence && allow->node().items.empty()) {
        allow->problem("an empty list lets nobody connect; name networks");
    }
    const auto address = address_field ? as_listen_address(*address_field) : std::nullopt;
    if (!address) {
        read_socket_access(map, true, listener);
        return listener;
    }
    if (is_taken(*address, before)) {
        address_field->problem("another listener has the address " + to_text(*address));
    }
    check_allow(*address, *address_field, allow);
    read_socket_access(map, std::holds_alternative<UnixAddress>(*address), listener);
    listener.address = *address;
    return listener;
}

}  // namespace

Listener default_listener() {
    Listener listener;
    listener.name = "default";
    listener.address = TcpAddress{IpAddress::v4({127, 0, 0, 1}), 3128};
    return listener;
}

std::vector<Listener> read_listeners(const YamlField& field) {
    std::vector<Listener> listeners;
    UniqueNames unique{"listener"};
    const auto items = field.items("a list of listeners");
    if (!items) return listeners;
    if (items->empty())
        field.problem("an empty list; leave the key out to listen on 127.0.0.1:3128");
    for (const auto& item : *items) listeners.push_back(read_listener(item, unique, listeners));
    return listeners;
}

namespace {

/// Why a fixed profile never takes what comes to its listener; empty where it may.
std::string never_applies(const Profile& profile, const Listener& listener) {
    Request request;
    request.caller.listener = listener.name;
    if (listener.upstream) {
        request.host = listener.upstream->host;
        request.port = listener.upstream->port;
    }
    const bool listed =
        profile.listeners.empty() || std::ranges::count(profile.listeners, listener.name) > 0;
    if (!listed) return "does not have this listener among its listeners";
    if (!listener.upstream) return "";
    const auto ruled_out_by = fit_of_named(profile, request).ruled_out_by;
    if (ruled_out_by == Criterion::host) {
        return "does not have " + quote(request.host) + ", the upstream, among its hosts";
    }
    if (ruled_out_by == Criterion::port) {
        return "does not have the upstream's port among its ports";
    }
    return "";
}

}  // namespace

void check_fixed_listeners(
    const YamlField& field, const std::vector<Listener>& listeners,
    const std::vector<Profile>& profiles, const std::vector<std::string>& profile_names
) {
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        const auto& listener = listeners[i];
        if (!listener.profile) continue;
        const auto path = field.path() + "[" + std::to_string(i) + "]";
        const YamlField item{
            field.node().items[i], field.node().items[i].place, path, field.report()};
        const auto& entries = item.node().entries;
        const auto entry = std::ranges::find(entries, "profile", &YamlEntry::key);
        const YamlField place{
            entry->value, entry->value.place, join_path(path, "profile"), field.report()};
        const auto found = std::ranges::find(profiles, *listener.profile, &Profile::name);
        if (std::ranges::count(profile_names, *listener.profile) == 0) {
            const std::vector<std::string_view> known{profile_names.begin(), profile_names.end()};
            place.problem(
                "no profile is named " + quote(*listener.profile) +
                did_you_mean(*listener.profile, known)
            );
        } else if (found != profiles.end()) {
            const auto why = never_applies(*found, listener);
            if (!why.empty()) place.problem("profile " + quote(*listener.profile) + " " + why);
        }
    }
}

}  // namespace countersign::profiles
