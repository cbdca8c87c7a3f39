#include "profiles/matching/tie_example.hpp"

#include <algorithm>

#include "profiles/authority.hpp"

namespace countersign::profiles {
namespace {

/// The address behind the last one of a network; nullopt behind the very last.
std::optional<IpAddress> behind(const Network& network) {
    auto bytes = network.base().bytes();
    for (int bit = network.prefix() - 1; bit >= 0; --bit) {
        auto& byte = bytes[static_cast<std::size_t>(bit / 8)];
        const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
        byte = static_cast<std::uint8_t>(byte ^ mask);
        if ((byte & mask) == 0) continue;
        return network.base().is_v4() ? IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]})
                                      : IpAddress::v6(bytes);
    }
    return std::nullopt;
}

template <class Set, class Make>
std::string fresh_text(const Set& used, const Make& make) {
    for (int number = 0;; ++number) {
        auto text = make(number);
        if (!used.contains(text)) return text;
    }
}

std::uint32_t fresh_id(const std::set<std::uint32_t>& used) {
    std::uint32_t id = 1000;
    while (used.contains(id)) ++id;
    return id;
}

}  // namespace

Request ExampleRequest::view() const {
    Request request;
    request.host = host;
    request.port = port;
    request.path = path;
    request.method = method;
    request.caller = {address, uid, gid, client, listener};
    return request;
}

TieExamples::TieExamples(
    const std::vector<Profile>& profiles, const std::vector<ListenerKind>& listeners
)
    : profiles_{profiles}, any_listener_{listeners.empty()} {
    for (const auto& listener : listeners) {
        if (!listener.names_profile) listeners_.push_back(listener);
    }
    for (const auto& profile : profiles) {
        for (const auto& pattern : profile.hosts) hosts_.insert(pattern.to_text());
        ports_.insert(profile.ports.begin(), profile.ports.end());
        for (const auto& client : profile.clients) {
            if (const auto* network = std::get_if<Network>(&client)) networks_.push_back(*network);
            if (const auto* user = std::get_if<UidPattern>(&client)) uids_.insert(user->uid);
            if (const auto* group = std::get_if<GidPattern>(&client)) gids_.insert(group->gid);
        }
        listener_names_.insert(profile.listeners.begin(), profile.listeners.end());
        methods_.insert(profile.methods.begin(), profile.methods.end());
    }
}

std::optional<std::string> TieExamples::host(const HostPattern& pattern) const {
    if (pattern.kind() == HostPattern::Kind::exact) return pattern.name();
    // One label more than the pattern: only an exact host can be more specific.
    const auto fits = [&](const std::string& host) {
        return host.size() <= kLongestHost && !hosts_.contains(host);
    };
    for (std::size_t number = 0; number <= hosts_.size(); ++number) {
        auto host = "host" + (number == 0 ? "" : std::to_string(number)) + pattern.name();
        if (fits(host)) return host;
        if (host.size() > kLongestHost) break;
    }
    for (const char label : std::string_view{"abcdefghijklmnopqrstuvwxyz"}) {
        if (auto host = label + pattern.name(); fits(host)) return host;
    }
    return std::nullopt;
}

std::vector<std::uint16_t> TieExamples::ports(const Claim& claim, std::uint16_t preferred) const {
    if (claim.port) return {*claim.port};
    if (!ports_.contains(preferred)) return {preferred};
    std::vector<std::uint16_t> all{0};
    for (std::uint32_t port = 65535; port > 0; --port) {
        if (!ports_.contains(static_cast<std::uint16_t>(port))) {
            return {static_cast<std::uint16_t>(port)};
        }
        all.push_back(static_cast<std::uint16_t>(port));
    }
    return all;
}

std::vector<IpAddress> TieExamples::addresses_in(const Network& network) const {
    std::vector<IpAddress> addresses{network.base()};
    for (const auto& other : networks_) {
        if (other.prefix() <= network.prefix() || !network.contains(other.base())) continue;
        addresses.push_back(other.base());
        const auto next = behind(other);
        if (next && network.contains(*next)) addresses.push_back(*next);
    }
    return addresses;
}

std::vector<TieExamples::Origin> TieExamples::origins(const Claim& claim) const {
    std::vector<Origin> origins;
    Origin local;
    local.is_unix = true;
    local.request.uid = fresh_id(uids_);
    local.request.gid = fresh_id(gids_);
    const auto add_addresses = [&](const Network& network) {
        for (const auto& address : addresses_in(network)) {
            Origin origin;
            origin.request.address = address;
            origins.push_back(origin);
        }
    };
    if (claim.client && std::holds_alternative<Network>(*claim.client)) {
        add_addresses(std::get<Network>(*claim.client));
        return origins;
    }
    if (claim.client && !std::holds_alternative<NamedClientPattern>(*claim.client)) {
        if (const auto* user = std::get_if<UidPattern>(&*claim.client)) {
            local.request.uid = user->uid;
        } else {
            local.request.gid = std::get<GidPattern>(*claim.client).gid;
        }
        return {local};
    }
    add_addresses(*Network::parse("127.0.0.0/8"));
    add_addresses(*Network::parse("0.0.0.0/0"));
    add_addresses(*Network::parse("::/0"));
    origins.push_back(local);
    if (claim.client) {
        for (auto& origin : origins) {
            origin.request.client = std::get<NamedClientPattern>(*claim.client).name;
        }
    }
    return origins;
}

std::vector<ListenerKind> TieExamples::listeners(const Claim& claim, bool is_unix) const {
    std::vector<ListenerKind> found;
    for (const auto& listener : listeners_) {
        const bool fits = !claim.listener || listener.name == *claim.listener;
        if (fits && listener.is_unix == is_unix) found.push_back(listener);
    }
    if (!any_listener_) return found;
    if (claim.listener) return {{*claim.listener, is_unix}};
    const auto name = [](int number) { return "listener" + std::to_string(number); };
    return {{fresh_text(listener_names_, name), is_unix}};
}

std::string TieExamples::path(const Claim& claim) const {
    // A prefix itself has no segment more that a longer one could want.
    return claim.path ? claim.path->text() : "/";
}

std::string TieExamples::method(const Claim& claim) const {
    if (claim.method) return *claim.method;
    for (const auto* usual : {"GET", "POST", "PUT", "DELETE"}) {
        if (!methods_.contains(usual)) return usual;
    }
    return fresh_text(methods_, [](int number) { return "METHOD" + std::to_string(number); });
}

std::optional<ExampleRequest> TieExamples::find(
    const MatchIndex& index, std::int32_t leaf, const Claim& claim, std::uint16_t preferred_port
) const {
    const auto host_name = host(claim.host);
    const auto all_origins = origins(claim);
    for (const auto port : ports(claim, preferred_port)) {
        for (const auto& origin : all_origins) {
            auto request = origin.request;
            request.path = path(claim);
            request.method = method(claim);
            for (const auto& listener : listeners(claim, origin.is_unix)) {
                if (!listener.upstream && !host_name) continue;
                request.listener = listener.name;
                request.host = listener.upstream ? listener.upstream->host : *host_name;
                request.port = listener.upstream ? listener.upstream->port : port;
                if (index.find(request.view()).leaf == leaf) return request;
            }
        }
    }
    return std::nullopt;
}

std::string TieExamples::describe(const ExampleRequest& request) const {
    bool clients = false;
    bool listeners = false;
    bool paths = false;
    bool methods = false;
    for (const auto& profile : profiles_) {
        const auto has_it = [&](const HostPattern& host) { return host.matches(request.host); };
        if (std::ranges::none_of(profile.hosts, has_it)) continue;
        clients = clients || !profile.clients.empty();
        listeners = listeners || !profile.listeners.empty();
        paths = paths || !profile.paths.empty();
        methods = methods || !profile.methods.empty();
    }

    std::string text = methods ? request.method + " " : "";
    text += authority_text(request.host, request.port).view();
    if (paths) text += request.path;
    if (request.port == 0) text += " without a port";
    if (clients && !request.client.empty()) {
        text += " by client '" + request.client + "'";
    } else if (clients && request.address) {
        text += " from " + request.address->to_text();
    } else if (clients) {
        text += " from uid " + std::to_string(request.uid) + ", gid " + std::to_string(request.gid);
    }
    if (listeners) text += " on listener '" + request.listener + "'";
    return text;
}

}  // namespace countersign::profiles
