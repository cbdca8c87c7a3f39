#include "proxy/commands/explanation.hpp"

#include <algorithm>
#include <charconv>

#include "proxy/commands/profile_text.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/routing.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy {

namespace {

/// Who asks, as the data plane would know it.
struct Asker {
    Peer peer;
    std::string name;
};

bool read_id(std::string_view text, std::string_view prefix, std::uint32_t& id) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc{} && stop == text.data() + text.size();
}

/// Empty, or what is wrong.
std::string read_client(const std::string& text, const Generation& generation, Asker& asker) {
    constexpr std::uint32_t kNobody = UINT32_MAX;
    Peer& peer = asker.peer;
    std::uint32_t id = 0;
    if (const auto address = profiles::IpAddress::parse(text)) {
        peer.is_unix = false;
        peer.address = *address;
        return {};
    }
    const bool user = read_id(text, "uid:", id);
    if (user || read_id(text, "gid:", id)) {
        if (!peer.is_unix) peer.uid = peer.gid = kNobody;
        peer.is_unix = true;
        (user ? peer.uid : peer.gid) = id;
        return {};
    }
    const auto& clients = generation.configuration().clients;
    const auto named = std::find_if(clients.begin(), clients.end(), [&](const auto& client) {
        return client.name == text;
    });
    if (named == clients.end()) {
        return "--client '" + text + "' is no address, uid:N, gid:N or client of the configuration";
    }
    asker.name = text;
    return {};
}

std::string read_asker(const ImaginedRequest& asked, const Generation& generation, Asker& asker) {
    const auto& listeners = generation.configuration().listeners;
    const auto listener = std::find_if(listeners.begin(), listeners.end(), [&](const auto& one) {
        return asked.listener.empty() || one.name == asked.listener;
    });
    if (listener == listeners.end()) {
        return "--listener '" + asked.listener + "' is no listener of the configuration";
    }
    asker.peer.listener = &*listener;
    asker.peer.is_unix = std::holds_alternative<profiles::UnixAddress>(listener->address);
    asker.peer.uid = asker.peer.gid = asker.peer.is_unix ? UINT32_MAX : 0;
    asker.peer.address = profiles::IpAddress::v4({127, 0, 0, 1});
    for (const std::string& client : asked.clients) {
        if (std::string wrong = read_client(client, generation, asker); !wrong.empty())
            return wrong;
    }
    return {};
}

std::string asker_text(const Asker& asker) {
    const Peer& peer = asker.peer;
    std::string text = asker.name.empty() ? "" : "client '" + asker.name + "' ";
    if (!peer.is_unix) {
        text += "from " + peer.address.to_text();
    } else {
        const auto id = [](std::uint32_t value) {
            return value == UINT32_MAX ? std::string{"unknown"} : std::to_string(value);
        };
        text += "from a unix socket, uid " + id(peer.uid) + ", gid " + id(peer.gid);
    }
    return text + ", on listener '" + peer.listener->name + "'";
}

/// The head of the request as a client of the proxy would send it.
std::string head_text(const ImaginedRequest& asked) {
    const std::size_t scheme = asked.url.find("://");
    std::string host;
    if (scheme != std::string::npos) {
        host = asked.url.substr(scheme + 3);
        host.resize(std::min(host.find_first_of("/?#"), host.size()));
    }
    std::string text = asked.method + " " + asked.url + " HTTP/1.1\r\n";
    const auto is_host = [](const std::string& header) {
        return header.size() > 4 && same_ignoring_case(header.substr(0, 5), "host:");
    };
    if (std::none_of(asked.headers.begin(), asked.headers.end(), is_host)) {
        text += "Host: " + host + "\r\n";
    }
    for (const std::string& header : asked.headers) text += header + "\r\n";
    return text + "\r\n";
}

std::string ruled_out(profiles::Criterion criterion) {
    switch (criterion) {
        case profiles::Criterion::host:
            return "does not have the host";
        case profiles::Criterion::port:
            return "does not have the port";
        case profiles::Criterion::client:
            return "is not for this client";
        case profiles::Criterion::listener:
            return "is not for this listener";
        case profiles::Criterion::path:
            return "does not have the path";
        case profiles::Criterion::method:
            return "does not have the method";
    }
    return {};
}

/// `winner`: null where none applies. `named`: the request names its profile.
std::string verdict(
    const profiles::Profile& profile, const profiles::Profile* winner,
    const profiles::Request& request, bool named
) {
    if (&profile == winner) return named ? "is named by the request, and fits" : "applies";
    const profiles::Fit fit =
        named ? profiles::fit_of_named(profile, request) : profiles::fit(profile, request);
    if (fit.ruled_out_by) return ruled_out(*fit.ruled_out_by);
    if (fit.ambiguous_path) return "has paths, and servers may read this one in different ways";
    if (named) return "fits, but is not the one that the request names";
    if (winner == nullptr) return "applies, but the request is refused";
    const profiles::Fit best = profiles::fit(*winner, request);
    for (std::size_t i = 0; i < fit.rank.size(); ++i) {
        if (fit.rank[i] == best.rank[i]) continue;
        return "applies, but '" + winner->name + "' is more specific by " +
               std::string{profiles::to_text(static_cast<profiles::Criterion>(i))};
    }
    return {};
}

void describe_route(
    const Routing& routing, const Destination& destination,
    std::chrono::system_clock::time_point now, Explanation& out
) {
    const TlsContext& tls = *routing.route->tls;
    const Origin origin{
        PoolKey{destination.host, routing.port, routing.route->tls}, routing.route->rules};
    if (const certs::Identity* identity = tls.identity()) {
        out.identity = identity->subject();
        out.expires = expiry_text(*identity, now);
        if (routing.profile != nullptr) out.record = routing.profile->key_store.value_or("");
    } else {
        out.identity = "none (server-only TLS)";
    }
    out.trust = tls.trust().describe();
    out.tls = tls_text(tls.rules());
    append_authority(out.dials, origin.dial_host(), origin.dial_port(), 0);
    const bool address = profiles::IpAddress::parse(origin.server_name()).has_value();
    out.announces = address ? "nothing (an IP address has no SNI)" : origin.server_name();
    out.verifies = origin.server_name();
    if (const auto& names = tls.rules().verify_names; !names.empty()) {
        out.verifies = "one of ";
        for (const auto& name : names) {
            if (&name != &names.front()) out.verifies += ", ";
            out.verifies += name.text;
        }
    }
    const bool dialled = routing.profile != nullptr && !routing.profile->preserve_host;
    append_authority(
        out.host, dialled ? origin.dial_host() : origin.key.host,
        dialled ? origin.dial_port() : origin.key.port, 443
    );
    if (routing.profile != nullptr) {
        out.request_headers = request_headers_text(routing.profile->request_headers);
    }
}

std::string connect_verdict(
    const profiles::Profile& profile, const profiles::Profile* winner,
    const profiles::Request& request
) {
    if (&profile == winner) return "gives the tunnel";
    const profiles::Fit fit = profiles::fit_of_connect(profile, request);
    if (fit.ruled_out_by) return ruled_out(*fit.ruled_out_by);
    if (winner != nullptr) return "applies, but '" + winner->name + "' is more specific";
    return profile.connect_method == profiles::ConnectRule::tunnel
               ? "would give a tunnel, but another profile forbids it"
               : "forbids tunnels: a request inside might be its own";
}

void refuse(const Failure& failure, Explanation& out) {
    const FailureRow row = row_of(failure.code);
    out.refusal = std::to_string(row.status) + " " + std::string{row.title} + ": " + failure.reason;
    out.remedy = failure.remedy;
}

/// What becomes of a CONNECT. Names are not looked up: only an address can be judged here.
void explain_connect(const Generation& generation, const RoutingRequest& asked, Explanation& out) {
    const Result<TunnelRoute> route = find_tunnel(generation, asked);
    const profiles::Profile* const winner = route ? route->profile : nullptr;
    for (const profiles::Profile& profile : generation.profiles().profiles()) {
        out.considered.push_back({profile.name, connect_verdict(profile, winner, asked.request)});
    }
    if (!route) return refuse(route.error(), out);
    const std::string host{asked.request.host};
    const Goal goal{host, asked.request.port, *route->rules, true};
    const profiles::AddressRules& rules = generation.configuration().addresses;
    if (const auto address = profiles::IpAddress::parse(goal.dial_host())) {
        const auto allowed = permitted(AddressGuard{rules, {}, {}}, goal, {*address});
        if (!allowed) return refuse(allowed.error(), out);
    }
    out.profile = winner == nullptr ? "" : winner->name;
    out.why = winner == nullptr
                  ? "no profile has the host; 'unmatched: tunnel_connect' gives a tunnel"
                  : "its 'connect_method' gives a tunnel";
    out.identity = "none (the application makes the TLS itself, inside the tunnel)";
    out.trust = "nothing is verified by the proxy";
    append_authority(out.dials, goal.dial_host(), goal.dial_port(), 0);
    out.dials +=
        rules.tunnel_private ? ", also at a private address" : ", at a public address only";
}

}  // namespace

Explanation explain(
    const Generation& generation, const ImaginedRequest& asked,
    std::chrono::system_clock::time_point now
) {
    Explanation out;
    Asker asker;
    out.error = read_asker(asked, generation, asker);
    if (!out.error.empty()) return out;
    const std::string text = head_text(asked);
    Head head;
    const HeadResult parsed =
        parse_request_head(text, 0, generation.configuration().limits.header_count, head);
    if (parsed.state != HeadResult::State::complete || parsed.size != text.size()) {
        out.error =
            "URL, method or headers make no valid request: " + std::string{to_text(parsed.error)};
        return out;
    }
    out.request = asked.method + " " + asked.url + ", " + asker_text(asker);
    Destination destination;
    const TargetError target = parse_destination(head, destination);
    const bool is_connect = target == TargetError::connect;
    if (target != TargetError::none && !is_connect && !is_replaced(target, head, asker.peer)) {
        refuse(target_failure(target, head.method), out);
        return out;
    }
    Result<RoutingRequest> request =
        read_routing_request(generation, head, asker.peer, destination);
    if (!request && is_connect && !generation.tunnels()) {
        // As in the data plane: where nobody gets a tunnel, nothing else of a CONNECT is looked at.
        refuse(target_failure(target, head.method), out);
        return out;
    }
    if (!request) {
        refuse(request.error(), out);
        return out;
    }
    if (!asker.name.empty()) request->request.caller.name = asker.name;
    if (is_connect) {
        explain_connect(generation, *request, out);
        return out;
    }
    const Result<Routing> routing = find_route(generation, *request, now);
    const profiles::Profile* const winner = routing ? routing->profile : nullptr;
    const bool named = names_its_profile(*request);
    for (const profiles::Profile& profile : generation.profiles().profiles()) {
        out.considered.push_back({profile.name, verdict(profile, winner, request->request, named)});
    }
    if (!routing) {
        refuse(routing.error(), out);
        return out;
    }
    out.profile = winner == nullptr ? "" : winner->name;
    out.why = winner == nullptr ? "no profile applies; 'unmatched' lets it pass"
                                : std::string{profiles::to_text(routing->reason)};
    if (routing->refusal) {
        out.why += ", and logs what 'reject' would answer: " + routing->refusal->reason;
    }
    describe_route(*routing, destination, now, out);
    return out;
}

}  // namespace countersign::proxy
