#include "profiles/yaml/listeners.hpp"

#include <algorithm>

#include "profiles/host_pattern.hpp"
#include "profiles/matching/fit.hpp"
#include "profiles/units.hpp"
#include "profiles/yaml/host_port.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/listen_address.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {
namespace {

constexpr std::uint16_t kUsualPort = 3128;

/// Port 0 is another one each time.
const Listener* holder_of(const ListenAddress& address, const std::vector<Listener>& listeners) {
    const auto* tcp = std::get_if<TcpAddress>(&address);
    if (tcp != nullptr && tcp->port == 0) return nullptr;
    const auto found = std::ranges::find(listeners, address, &Listener::address);
    return found == listeners.end() ? nullptr : &*found;
}

void read_rewrite(const YamlField& field, Listener& listener) {
    using Rule = bool RewriteRules::*;
    constexpr std::string_view kExpected = "a list such as [location]";
    for (const auto what : read_list<Rule>(field, kExpected, one_of(kRewriteWords))) {
        listener.rewrite.*what = true;
    }
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
    const auto address_field = map.require("address", expected_address(kUsualPort));
    read_fixed(map, listener);
    map.read("tell_identity", listener.tell_identity, as_bool);
    map.read(
        "client_connections", listener.client_connections, number_from(0U, kMostClientConnections)
    );
    if (!read_listen_address(map, address_field, kUsualPort, listener)) return listener;
    if (const auto* holder = holder_of(listener.address, before)) {
        address_field->problem(
            (holder->name.empty() ? "another listener" : "listener " + quote(holder->name)) +
            " has the address " + to_text(listener.address) +
            " already; give this one another, or remove "
            "one of the two"
        );
    }
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
