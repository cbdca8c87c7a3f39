#include "proxy/routing/refusals.hpp"

#include <algorithm>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/routing/no_profile.hpp"

namespace countersign::proxy::routing {

namespace {

/// No https:// URL leads there.
constexpr std::uint16_t kPlainPort = 80;

/// `more`: of why, after a space.
Failure no_tunnel(std::string remedy, const std::string& more = {}, std::string_view brief = {}) {
    return Failure::of_client(
        FailureCode::connect_refused,
        "CONNECT asks for a tunnel, and inside a tunnel Countersign cannot present a client "
        "certificate." +
            more,
        std::move(remedy), brief
    );
}

/// Whether a CONNECT gets no tunnel because no profile has its host.
bool is_unmatched(const generation::Generation& generation, const RoutingRequest& asked) {
    if (generation.configuration().unmatched != profiles::UnmatchedRule::reject) return false;
    const bool fixed =
        asked.listener != nullptr && (asked.listener->upstream || asked.listener->profile);
    if (fixed) return false;
    const profiles::Match match = generation.profiles().find(asked.request);
    return !match.found() && match.reason == profiles::MatchReason::no_host_matches;
}

/// What helps where there is no tunnel.
constexpr const char* kCallHttp =
    "Let the application call http://host/path instead of https://host/path through this "
    "proxy: Countersign makes it HTTPS, with the profile's certificate. Where the URL must "
    "stay https://, set the proxy so that the client sends the absolute URL instead of "
    "CONNECT.";

/// Whose connections are one client's, and that they have …
std::string counted_together(const Peer& peer) {
    constexpr int kIpv6Prefix = 64;
    if (peer.is_unix) return "The user of this client, uid " + std::to_string(peer.uid) + ", has";
    if (peer.address.is_v4()) return "The client's address, " + peer.address.to_text() + ", has";
    return "The client's network, " +
           profiles::Network::around(peer.address, kIpv6Prefix).to_text() + ", has";
}

/// What helps, too, where a server's redirect has led to the CONNECT; empty where it would not: the
/// listener sees to redirects already, or nothing here has a profile for who asks.
std::string redirect_remedy(const generation::Generation& generation, const RoutingRequest& asked) {
    const profiles::Listener* const listener = asked.listener;
    if (listener == nullptr || listener->upstream || listener->rewrite.location) return {};
    if (asked.request.port == kPlainPort) return {};  // of a ws:// URL
    const auto has_it = [&](const profiles::Profile& profile) {
        if (!listener->profile)
            return !profiles::fit_of_connect(profile, asked.request).ruled_out_by;
        if (profile.name != *listener->profile) return false;
        const auto by = profiles::fit_of_named(profile, asked.request).ruled_out_by;
        return !by || by == profiles::Criterion::path || by == profiles::Criterion::method;
    };
    if (!std::ranges::any_of(generation.profiles().profiles(), has_it)) return {};
    std::string remedy =
        " Where a redirect of the server to https:// led the application here, set rewrite: "
        "[location] on listener '" +
        listener->name + "': such a redirect then leads to http://.";
    if (listener->name == "default") {
        remedy +=
            " (Where the configuration has no listeners:, the one that it has by default is { "
            "name: default, address: 127.0.0.1:3128 }.)";
    }
    return remedy;
}

}  // namespace

Failure unusable_identity(
    const tls::TlsContext& tls, const profiles::Profile& profile,
    std::chrono::system_clock::time_point now
) {
    const certs::Identity& identity = *tls.identity();
    const std::string store = profile.key_store ? " (key store '" + *profile.key_store + "')" : "";
    std::string reason = "The client certificate of profile '" + profile.name + "', '" +
                         identity.subject() + "'" + store + ", ";
    reason += generation::unusable_because(tls, now) + ".";
    const auto failure = [&](std::string remedy, std::string_view brief) {
        return Failure::of_proxy(
            FailureCode::identity_unusable, std::move(reason), std::move(remedy), brief
        );
    };
    switch (certs::standing_of(identity.lifetime(), now)) {
        case certs::Standing::expired:
            return failure(
                "It has to be renewed by its authority: `countersign check`, where the proxy runs, "
                "names the file and gives the commands. The new one is used as soon as it is "
                "there.",
                "client certificate of this proxy for {} has expired"
            );
        case certs::Standing::not_yet_valid:
            return failure(
                "Check the clock of the proxy's machine. If it is right, wait until then, or use "
                "another certificate.",
                "client certificate of this proxy for {} is not yet valid"
            );
        case certs::Standing::valid:
        case certs::Standing::ends_soon:
            break;
    }
    const auto& [certificate, weakness] = tls.refused().front();
    return failure(
        certs::remedy_of(weakness, certificate == identity.leaf()),
        "client certificate of this proxy for {} is too weak"
    );
}

Failure connect_refused(
    const generation::Generation& generation, const RoutingRequest& asked,
    const profiles::Profile* forbids
) {
    if (forbids != nullptr && generation.tunnels()) {
        std::string remedy = kCallHttp + redirect_remedy(generation, asked);
        if (!forbids->is_for_some_requests()) {
            remedy +=
                " Where the application makes the TLS itself, and needs no identity "
                "of the profile's, set its connect_method: tunnel.";
        }
        return no_tunnel(std::move(remedy), " Profile '" + forbids->name + "' allows no tunnel.");
    }
    if (!is_unmatched(generation, asked)) {
        return no_tunnel(kCallHttp + redirect_remedy(generation, asked));
    }
    const auto near = profiles::nearest_host(generation.profiles(), asked.request);
    std::string remedy = add_host(generation, asked.request, near) +
                         " Then let the application call http://host/path instead of "
                         "https://host/path through this proxy.";
    // Nobody is taught to let everything pass for a host that was mistyped.
    if (!near) {
        remedy +=
            " Or, where the server asks for no client certificate and the application makes the "
            "TLS itself, set unmatched: tunnel_connect.";
    }
    return no_tunnel(
        std::move(remedy), " " + has_no_profile(asked.request),
        "no tunnel to {}: add it to a profile, and call http://, not https://"
    );
}

Failure body_in_connect() {
    return Failure::of_client(
        FailureCode::bad_request, "The CONNECT announces a body, which it cannot have.",
        "Send it without Content-Length and Transfer-Encoding: what follows its head belongs to "
        "the tunnel.",
        "CONNECT with a body"
    );
}

Failure upgrade_refused(std::string_view protocols, const profiles::Profile& profile) {
    return Failure::of_client(
        FailureCode::upgrade_refused,
        "The request asks for another protocol on its connection (Upgrade: " +
            certs::printable(protocols) + "), and profile '" + profile.name +
            "' says upgrade: refuse.",
        "Where the application needs it, as one with WebSockets does, set upgrade: allow in the "
        "profile, or remove the line. Otherwise let the application send no Upgrade."
    );
}

Failure trace_refused(const profiles::Profile& profile) {
    return Failure::of_client(
        FailureCode::trace_refused,
        "The server of a TRACE shows what it gets, and profile '" + profile.name +
            "' adds fields to its requests (request_headers: set) that are not for the client.",
        "Let the application use another method."
    );
}

Failure loop_found(std::string_view own_name) {
    return Failure::of_proxy(
        FailureCode::loop,
        "The request has come through this proxy before: its Via has " + std::string{own_name} +
            ". What this proxy dialled for it sent it back here.",
        "Look at where the destination leads: connect_to of its profile, the name's addresses "
        "(/etc/hosts, DNS), and the program that listens there."
    );
}

Failure cross_site_refused(CrossSite why, const profiles::Listener& listener) {
    std::string reason =
        why == CrossSite::several_origins
            ? "The request has several Origin fields, where a browser sends one."
        : why == CrossSite::fetch_site
            ? "Sec-Fetch-Site says that a browser sends the request for a page from elsewhere."
        : listener.upstream
            ? "The request's Origin names another site than its Host field, the listener and the "
              "upstream: a browser sends it for a page from elsewhere."
            : "The request's Origin names another site than its Host field and the listener: a "
              "browser sends it for a page from elsewhere.";
    reason += " Listener '" + listener.name +
              "' serves only its own pages, and programs that are no browsers.";
    return Failure::of_client(
        FailureCode::cross_site, std::move(reason),
        "Where pages from elsewhere may use this listener and its identity, set cross_site: allow "
        "on it. A program that is no browser need send neither Origin nor Sec-Fetch-Site."
    );
}

Failure admission_failure(const Peer& peer, std::string_view listener) {
    constexpr auto kCode = FailureCode::connection_limit;
    const std::string limit = std::to_string(peer.limit);
    switch (peer.admission) {
        case Peer::Admission::no_descriptor:
            return descriptors_failure(peer.limit);
        case Peer::Admission::over_limit:
            return Failure::of_proxy(
                kCode,
                "The proxy has as many client connections as limits.client_connections allows, " +
                    limit + ".",
                "Close connections that are not needed, or raise limits.client_connections.",
                "too many clients at a time"
            );
        case Peer::Admission::over_listener_limit:
            return Failure::of_proxy(
                kCode,
                "Listener '" + std::string{listener} +
                    "' has as many client connections as its client_connections allows, " + limit +
                    ".",
                "Close connections that are not needed, or raise client_connections of the "
                "listener.",
                "too many clients on this listener at a time"
            );
        case Peer::Admission::over_address_limit:
            return Failure::of_client(
                kCode,
                counted_together(peer) +
                    " as many connections as limits.client_connections_per_address allows, " +
                    limit + ".",
                "Close connections that are not needed (those at rest count), or raise "
                "limits.client_connections_per_address.",
                "too many connections of this client at a time"
            );
        case Peer::Admission::not_allowed:
        case Peer::Admission::welcome:
            break;
    }
    return not_allowed(peer);
}

Failure not_allowed(const Peer& peer) {
    return Failure::of_client(
        FailureCode::client_not_allowed,
        "The client's address " + peer.address.to_text() + " is not in the listener's allow.",
        "Add its network to allow, if it may use this proxy and its identities."
    );
}

Failure target_failure(http::TargetError error, std::string_view method) {
    using http::TargetError;
    if (error == TargetError::connect) return no_tunnel(kCallHttp);
    const bool connect = method == "CONNECT";
    const auto refused = [&](std::string remedy, std::string_view brief) {
        if (connect && error != TargetError::user_info) {
            remedy = "Send CONNECT host:port, with a port from 1 to 65535.";
        }
        return Failure::of_client(
            FailureCode::bad_request,
            "The request is not acceptable: " + std::string{http::to_text(error)} + ".",
            std::move(remedy), brief
        );
    };
    constexpr const char* kForms =
        "Send an absolute URL (GET http://host/path), or a path with a Host field.";
    switch (error) {
        case TargetError::user_info:
            return refused(
                "Take it out there. If it is for the server, send it as Authorization: Basic. If "
                "it is for this proxy, put it before the proxy's address "
                "(http://NAME:PASSWORD@PROXY).",
                "user name before an @ in the URL: send it as Authorization instead"
            );
        case TargetError::no_host:
            return refused(
                "Put the server's name there: http://HOST/PATH. A variable that is empty, in the "
                "application, can do this.",
                "URL or Host field without a host"
            );
        case TargetError::bad_host:
            return refused(
                "Check the host: a name has letters, digits, '-', '_' and '.', and an IPv6 address "
                "stands in brackets.",
                "host is neither a DNS name nor an IP address"
            );
        case TargetError::bad_port:
            return refused(
                "Send a port from 1 to 65535, or none.", "port is no number from 1 to 65535"
            );
        case TargetError::missing_host:
            return refused(kForms, "request without a host");
        case TargetError::bad_target:
        case TargetError::none:
        case TargetError::connect:
            break;
    }
    return refused(kForms, "request target is neither a URL nor a path");
}

Failure listener_gone() {
    return Failure::of_client(
        FailureCode::client_not_allowed,
        "The listener through which this connection was made is not in the configuration any more.",
        "Connect to one of its listeners.", "this listener is closed"
    );
}

}  // namespace countersign::proxy::routing
