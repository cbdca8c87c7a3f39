#include "profiles/yaml/listeners.hpp"

#include <algorithm>

#include "profiles/host_pattern.hpp"
#include "profiles/matching/fit.hpp"
#include "profiles/units.hpp"
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

constexpr std::string_view kAddress =
    "an address such as 127.0.0.1:3128, \"[::1]:3128\" or unix:PATH";
constexpr std::string_view kUnixPrefix = "unix:";
/// sockaddr_un keeps 108 bytes, the last of them a NUL.
constexpr std::size_t kLongestUnixPath = 107;

std::optional<TcpAddress> tcp_address(std::string_view text) {
    const auto texts = split_host_port(text, 0);
    const auto address = texts ? IpAddress::parse(texts->host) : std::nullopt;
    if (!address) return std::nullopt;
    return TcpAddress{*address, texts->port};
}

/// "127.0.0.1:3128", and IPv6 in quotes, without which it would be a list to YAML.
std::string as_value(const TcpAddress& address) {
    const auto text = to_text(ListenAddress{address});
    return address.address.is_v4() ? text : "\"" + text + "\"";
}

/// What to write where a text is no address of a listener: never empty.
std::string address_wanted(std::string_view text) {
    constexpr std::uint16_t kPort = 3128;
    if (const auto address = with_brackets(text, kPort); !address.empty()) {
        return "an address and a port: write " + address;
    }
    if (const auto address = IpAddress::parse(text)) {
        return "an address and a port: write " + as_value({*address, kPort});
    }
    if (const auto port = parse_number(text); port && *port > 0 && *port <= 65535) {
        return "an address in front of the port: write 127.0.0.1:" + std::string{text};
    }
    const auto colon = text.rfind(':');
    const auto host = text.substr(0, colon);
    const auto port = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
    if (const auto scheme = text.find("://"); scheme != text.npos) {
        auto rest = text.substr(scheme + 3);
        rest = rest.substr(0, rest.find('/'));
        const auto address = tcp_address(rest);
        return (
            address ? "an address without the URL's scheme: write " + as_value(*address)
                    : std::string{kAddress} + ", which is no URL"
        );
    }
    const bool digits = !port.empty() && port.find_first_not_of("0123456789") == port.npos;
    const auto number = digits ? parse_number(port) : std::nullopt;
    if (digits && IpAddress::parse(host) && (!number || *number > 65535)) {
        return "a port from 1 to 65535 behind the address";
    }
    if (!number || *number > 65535) return std::string{kAddress};
    const std::string with_port = ":" + std::string{port};
    if (host.empty() || host == "*") {
        return "an IP address in front of the port: 0.0.0.0" + with_port +
               " for all IPv4 addresses of this machine, 127.0.0.1" + with_port +
               " for programs on this machine alone";
    }
    if (host == "localhost") return "an IP address, not a name: write 127.0.0.1" + with_port;
    if (host.find(':') == host.npos && normalise_host(host)) {
        return "an IP address of this machine (`ip address` lists them), not a name: such as "
               "192.0.2.1" +
               with_port;
    }
    return std::string{kAddress};
}

std::optional<ListenAddress> as_tcp_address(const YamlField& field, std::string_view text) {
    if (const auto address = tcp_address(text)) return *address;
    field.unexpected(address_wanted(text));
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
        allow->problem(
            "is for IP addresses, and this listener is a unix socket; remove it, and say who may "
            "connect with its mode and group, such as mode: \"0660\""
        );
    } else if (tcp != nullptr && !allow && !tcp->address.is_loopback()) {
        address_field.problem(
            to_text(address) +
            " can be reached from other machines; say which of them may connect, such as "
            "allow: [10.0.0.0/8]"
        );
    }
}

/// Port 0 is another one each time.
const Listener* holder_of(const ListenAddress& address, const std::vector<Listener>& listeners) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp != nullptr && tcp->port == 0) return nullptr;
    const auto found = std::ranges::find(listeners, address, &Listener::address);
    return found == listeners.end() ? nullptr : &*found;
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
        allow->problem(
            "an empty list lets nobody connect; name the networks that may, such as [10.0.0.0/8]"
        );
    }
    const auto address = address_field ? as_listen_address(*address_field) : std::nullopt;
    if (!address) {
        read_socket_access(map, true, listener);
        return listener;
    }
    if (const auto* holder = holder_of(*address, before)) {
        address_field->problem(
            (holder->name.empty() ? "another listener" : "listener " + quote(holder->name)) +
            " has the address " + to_text(*address) +
            " already; give this one another, or remove "
            "one of the two"
        );
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
