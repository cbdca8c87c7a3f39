#include "proxy/routing.hpp"

#include <string>
#include <utility>

#include "profiles/connect_match.hpp"
#include "proxy/http/field_value.hpp"

namespace countersign::proxy {

namespace {

std::string named(const profiles::Request& request) {
    std::string text;
    append_authority(text, request.host, request.port, 0);
    return "'" + text + "'";
}

std::string client_text(const profiles::Caller& caller) {
    if (!caller.name.empty()) return "client '" + std::string{caller.name} + "'";
    if (caller.address) return "clients at " + caller.address->to_text();
    return "clients with uid " + std::to_string(caller.uid) + " and gid " +
           std::to_string(caller.gid);
}

Failure refusal(FailureCode code, std::string reason, std::string remedy) {
    Failure failure;
    failure.code = code;
    failure.side = Side::client;
    failure.reason = std::move(reason);
    failure.remedy = std::move(remedy);
    return failure;
}

Failure ambiguous_path() {
    return refusal(
        FailureCode::bad_request,
        "Servers may read the request's path in different ways (a dot segment, or an empty "
        "segment, a backslash, a ';' or an encoded '/', '\\', '%' or NUL), and which profile "
        "applies depends on the path.",
        "Send the path that is meant, without them."
    );
}

/// `name`: of the profile that the request names, where it does.
Failure no_profile(
    const Generation& generation, const profiles::Request& request, std::string_view name,
    const profiles::Match& match
) {
    using profiles::MatchReason;
    constexpr auto kCode = FailureCode::no_profile;
    const std::string where = named(request);
    const std::string whose =
        name.empty() ? "A profile has the host of " + where + ", but none"
                     : "Profile '" + std::string{name} + "' is named by the request, but not";
    if (match.reason == MatchReason::ambiguous_path) return ambiguous_path();
    if (match.name_wanted) {
        return refusal(
            FailureCode::client_unknown, whose + " for clients that do not say who they are.",
            "Send the client's name and password as Proxy-Authorization: Basic (in most programs: "
            "http://NAME:PASSWORD@ before the proxy's address)."
        );
    }
    switch (match.reason) {
        case MatchReason::unknown_name:
            return refusal(
                kCode,
                "No profile has the name '" + std::string{name} + "', which the request gives.",
                "Use http:// without X-Countersign-Profile, or the name of a profile."
            );
        case MatchReason::no_port_matches:
            return refusal(
                kCode, whose + " with this port.",
                "Add the port to the ports of that profile, or use one that it has."
            );
        case MatchReason::no_client_matches:
            return refusal(
                kCode, whose + " for " + client_text(request.caller) + ".",
                "Add the client to the clients of the profile that should serve it."
            );
        case MatchReason::no_listener_matches:
            return refusal(
                kCode, whose + " for listener '" + std::string{request.caller.listener} + "'.",
                "Use another listener, or add this one to the listeners of that profile."
            );
        case MatchReason::no_path_matches:
            return refusal(
                kCode, whose + " with this path.",
                "Add the path, or one above it, to the paths of the profile that should serve it."
            );
        case MatchReason::no_method_matches:
            return refusal(
                kCode, whose + " with method " + std::string{request.method} + ".",
                "Add the method to the methods of the profile that should serve it."
            );
        default:
            break;
    }
    if (!name.empty()) {
        return refusal(
            kCode,
            "Profile '" + std::string{name} + "' does not have " + where + " among its hosts.",
            "Add the host to the hosts of that profile, or name another one."
        );
    }
    return refusal(
        kCode, "No profile has " + where + " among its hosts.",
        generation.configuration().unmatched == profiles::UnmatchedRule::tunnel_connect
            ? "Add the host to the hosts of the profile that should serve it."
            : "Add the host to the hosts of the profile that should serve it, or set "
              "unmatched: tls to let such requests pass without a client certificate."
    );
}

Failure unusable_identity(const certs::Identity& identity, const std::string& why) {
    Failure failure;
    failure.code = FailureCode::identity_unusable;
    failure.side = Side::proxy;
    failure.reason =
        "The client certificate of this profile, '" + identity.subject() + "', " + why + ".";
    failure.remedy =
        "Put a valid certificate into the profile's key store and start the proxy again.";
    return failure;
}

}  // namespace

Result<RoutingRequest> read_routing_request(
    const Generation& generation, const Head& head, const Peer& peer, Destination& destination
) {
    RoutingRequest asked;
    asked.listener = peer.listener;
    profiles::Caller& caller = asked.request.caller;
    if (!peer.is_unix) caller.address = peer.address;
    caller.uid = peer.uid;
    caller.gid = peer.gid;
    for (const Field& field : head.fields) {
        if (field.id == FieldName::countersign_profile) {
            if (!asked.named.empty() || field.value.empty()) {
                return refusal(
                    FailureCode::bad_request,
                    "X-Countersign-Profile is given twice, or without a name.",
                    "Send it once, with the name of a profile."
                );
            }
            asked.named = field.value;
        } else if (field.id == FieldName::proxy_authorization && !generation.clients().empty()) {
            const bool again = !caller.name.empty();
            caller.name = generation.clients().identify(field.value);
            if (caller.name.empty() || again) {
                return refusal(
                    FailureCode::client_unknown,
                    "The credentials in Proxy-Authorization are no client's.",
                    "Check name and password; they stand under clients in the proxy's "
                    "configuration."
                );
            }
        }
    }
    if (peer.listener != nullptr) {
        caller.listener = peer.listener->name;
        if (const auto& upstream = peer.listener->upstream) {
            destination.scheme = "http";
            destination.host = upstream->host;
            destination.port = upstream->port;
        }
    }
    asked.scheme = destination.scheme;
    asked.request.host = destination.host;
    asked.request.port = destination.port;
    asked.request.path = destination.path;
    asked.request.method = head.method;
    return asked;
}

namespace {}  // namespace

Result<Routing> find_route(
    const Generation& generation, const RoutingRequest& asked,
    std::chrono::system_clock::time_point now
) {
    const profiles::ProfileSet& set = generation.profiles();
    const profiles::Request& request = asked.request;
    const Result<std::string_view> name = name_of_profile(asked);
    if (!name) return name.error();
    const profiles::Match match =
        name->empty() ? set.find(request) : set.find_named(*name, request);
    Routing found;
    found.reason = match.reason;
    if (match.found()) {
        found.profile = &set[match.profile];
        found.route = &generation.route(match.profile);
        found.port = request.port != 0 ? request.port : found.profile->default_port;
    } else if (generation.unmatched() != nullptr && name->empty()) {
        found.route = generation.unmatched();
        found.port = request.port != 0 ? request.port : std::uint16_t{443};
        const bool report = generation.configuration().unmatched == profiles::UnmatchedRule::report;
        // It may be one that a profile would have taken; and who could have an identity is asked
        // who he is, not sent on without one.
        if (!report &&
            (match.reason == profiles::MatchReason::ambiguous_path || match.name_wanted)) {
            return no_profile(generation, request, *name, match);
        }
        if (report)
            found.refusal =
                std::make_unique<Failure>(no_profile(generation, request, *name, match));
    } else {
        return no_profile(generation, request, *name, match);
    }
    if (const certs::Identity* identity = found.route->tls->identity()) {
        if (identity->validity(now) != certs::Validity::valid) {
            found.unusable = std::make_unique<Failure>(
                unusable_identity(*identity, unusable_because(*identity, now))
            );
        }
    }
    return found;
}

namespace {

/// A tunnel by the profile that the request names. Where the client chose it, other profiles of the
/// host have their say too: a name may not open what they keep shut.
Result<TunnelRoute> find_named_tunnel(
    const Generation& generation, const RoutingRequest& asked, std::string_view name
) {
    const profiles::ProfileSet& set = generation.profiles();
    const profiles::Request& request = asked.request;
    const std::int32_t index = set.index_of(name);
    const bool rejects = index >= 0 && set[index].connect_method == profiles::ConnectRule::reject;
    if (rejects) return connect_refused(generation, asked, &set[index]);
    const profiles::Match match = set.find_named(name, request);
    if (!match.found()) return no_profile(generation, request, name, match);
    if (asked.listener == nullptr || !asked.listener->profile) {
        using Verdict = profiles::ConnectMatch::Verdict;
        const profiles::ConnectMatch others = find_connect(set, request);
        if (others.verdict == Verdict::reject) {
            return connect_refused(generation, asked, others.profile);
        }
        if (others.verdict == Verdict::fits_none) {
            return no_profile(generation, request, "", others.miss);
        }
    }
    return TunnelRoute{&set[index], generation.route(index).rules.get()};
}

}  // namespace

Result<TunnelRoute> find_tunnel(const Generation& generation, const RoutingRequest& asked) {
    using Verdict = profiles::ConnectMatch::Verdict;
    const profiles::ProfileSet& set = generation.profiles();
    const profiles::Request& request = asked.request;
    if (asked.listener != nullptr && asked.listener->upstream) {
        return connect_refused(generation, asked);
    }
    const Result<std::string_view> name = name_of_profile(asked);
    if (!name) return name.error();
    if (!name->empty()) return find_named_tunnel(generation, asked, *name);

    const profiles::ConnectMatch match = find_connect(set, request);
    switch (match.verdict) {
        case Verdict::unknown_host:
            if (generation.configuration().unmatched != profiles::UnmatchedRule::tunnel_connect) {
                break;
            }
            return TunnelRoute{nullptr, &generation.unmatched_tunnel()};
        case Verdict::fits_none:
            if (match.tunnel_elsewhere) return no_profile(generation, request, "", match.miss);
            break;
        case Verdict::reject:
            return connect_refused(generation, asked, match.profile);
        case Verdict::tunnel:
            return TunnelRoute{
                match.profile, generation.route(set.index_of(match.profile->name)).rules.get()};
    }
    return connect_refused(generation, asked);
}

Failure connect_refused(
    const Generation& generation, const RoutingRequest& asked, const profiles::Profile* forbids
) {
    Failure failure = target_failure(TargetError::connect, "CONNECT");
    if (forbids != nullptr && generation.tunnels()) {
        failure.reason += " Profile '" + forbids->name + "' allows no tunnel.";
        if (!forbids->is_for_some_requests()) {
            failure.remedy +=
                " Where the application makes the TLS itself, and needs no identity "
                "of the profile's, set its connect_method: tunnel.";
        }
        return failure;
    }
    if (generation.configuration().unmatched != profiles::UnmatchedRule::reject) return failure;
    const bool fixed =
        asked.listener != nullptr && (asked.listener->upstream || asked.listener->profile);
    if (fixed) return failure;
    const profiles::Match match = generation.profiles().find(asked.request);
    if (match.found() || match.reason != profiles::MatchReason::no_host_matches) return failure;
    failure.remedy =
        "No profile has " + named(asked.request) +
        " among its hosts. Add the host to the profile that should serve it, and let the "
        "application call http://host/path instead of https://host/path through this proxy. Where "
        "the server asks for no client certificate and the application makes the TLS itself, set "
        "unmatched: tunnel_connect to let CONNECT pass to hosts without a profile.";
    return failure;
}

Result<std::string_view> name_of_profile(const RoutingRequest& asked) {
    const bool fixed = asked.listener != nullptr && asked.listener->profile;
    std::string_view name = fixed ? std::string_view{*asked.listener->profile} : "";
    const bool by_scheme = asked.scheme != "http" && asked.scheme != "https";
    for (const std::string_view said : {by_scheme ? asked.scheme : "", asked.named}) {
        if (said.empty() || same_ignoring_case(said, name)) continue;
        if (!name.empty()) {
            return refusal(
                FailureCode::bad_request,
                "The request names profile '" + std::string{said} + "' where '" +
                    std::string{name} + "' is named already, by its listener or its URL's scheme.",
                "Name one profile."
            );
        }
        name = said;
    }
    return name;
}

bool is_replaced(TargetError error, const Head& head, const Peer& peer) {
    const bool about_host = error == TargetError::missing_host || error == TargetError::bad_host ||
                            error == TargetError::bad_port || error == TargetError::user_info;
    return about_host && head.target.starts_with('/') && peer.listener != nullptr &&
           peer.listener->upstream.has_value();
}

Failure admission_failure(const Peer& peer) {
    Failure failure;
    failure.side = Side::client;
    if (peer.admission == Peer::Admission::over_limit) {
        failure.code = FailureCode::connection_limit;
        failure.side = Side::proxy;
        failure.reason =
            "The proxy has as many client connections as limits.client_connections allows.";
        failure.remedy = "Close connections that are not needed, or raise the limit.";
        return failure;
    }
    failure.code = FailureCode::client_not_allowed;
    failure.reason =
        "The client's address " + peer.address.to_text() + " is not in the listener's allow.";
    failure.remedy = "Add its network to allow, if it may use this proxy and its identities.";
    return failure;
}

Failure target_failure(TargetError error, std::string_view method) {
    Failure failure;
    failure.code = FailureCode::bad_request;
    failure.side = Side::client;
    failure.reason = "The request target is not acceptable: " + std::string{to_text(error)} + ".";
    failure.remedy = method == "CONNECT"
                         ? "Send CONNECT host:port, with a port from 1 to 65535."
                         : "Send an absolute URL (GET http://host/path), or a path with a Host "
                           "field.";
    if (error == TargetError::connect) {
        failure.code = FailureCode::connect_refused;
        failure.reason =
            "CONNECT asks for a tunnel, and inside a tunnel Countersign cannot present a client "
            "certificate.";
        failure.remedy =
            "Let the application call http://host/path instead of https://host/path through this "
            "proxy: Countersign makes it HTTPS, with the profile's certificate. Where the URL must "
            "stay https://, set the proxy so that the client sends the absolute URL instead of "
            "CONNECT.";
    }
    return failure;
}

}  // namespace countersign::proxy
