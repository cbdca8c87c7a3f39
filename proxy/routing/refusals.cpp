#include "proxy/routing/refusals.hpp"

#include <utility>

#include "proxy/routing/no_profile.hpp"

namespace countersign::proxy::routing {

namespace {

/// `more`: of why, after a space.
Failure no_tunnel(std::string remedy, const std::string& more = {}) {
    return Failure::of_client(
        FailureCode::connect_refused,
        "CONNECT asks for a tunnel, and inside a tunnel Countersign cannot present a client "
        "certificate." +
            more,
        std::move(remedy)
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

}  // namespace

Failure unusable_identity(const certs::Identity& identity, const std::string& why) {
    return Failure::of_proxy(
        FailureCode::identity_unusable,
        "The client certificate of this profile, '" + identity.subject() + "', " + why + ".",
        "Put a valid certificate into the profile's key store and start the proxy again."
    );
}

Failure connect_refused(
    const generation::Generation& generation, const RoutingRequest& asked,
    const profiles::Profile* forbids
) {
    if (forbids != nullptr && generation.tunnels()) {
        std::string remedy = kCallHttp;
        if (!forbids->is_for_some_requests()) {
            remedy +=
                " Where the application makes the TLS itself, and needs no identity "
                "of the profile's, set its connect_method: tunnel.";
        }
        return no_tunnel(std::move(remedy), " Profile '" + forbids->name + "' allows no tunnel.");
    }
    if (!is_unmatched(generation, asked)) return no_tunnel(kCallHttp);
    const auto near = profiles::nearest_host(generation.profiles(), asked.request);
    std::string remedy = has_no_profile(asked.request) + " " +
                         add_host(generation, asked.request, near) +
                         " Then let the application call http://host/path instead of "
                         "https://host/path through this proxy.";
    // Nobody is taught to let everything pass for a host that was mistyped.
    if (!near) {
        remedy +=
            " Where the server asks for no client certificate and the application makes the TLS "
            "itself, set unmatched: tunnel_connect to let CONNECT pass to hosts without a profile.";
    }
    return no_tunnel(std::move(remedy));
}

Failure body_in_connect() {
    return Failure::of_client(
        FailureCode::bad_request, "The CONNECT announces a body, which it cannot have.",
        "Send it without Content-Length and Transfer-Encoding: what follows its head belongs to "
        "the tunnel.",
        "CONNECT with a body"
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

Failure admission_failure(const Peer& peer) {
    if (peer.admission == Peer::Admission::no_descriptor) {
        return descriptors_failure(peer.descriptor_limit);
    }
    if (peer.admission == Peer::Admission::over_limit) {
        return Failure::of_proxy(
            FailureCode::connection_limit,
            "The proxy has as many client connections as limits.client_connections allows.",
            "Close connections that are not needed, or raise the limit.",
            "too many clients at a time"
        );
    }
    return Failure::of_client(
        FailureCode::client_not_allowed,
        "The client's address " + peer.address.to_text() + " is not in the listener's allow.",
        "Add its network to allow, if it may use this proxy and its identities."
    );
}

Failure target_failure(http::TargetError error, std::string_view method) {
    if (error == http::TargetError::connect) return no_tunnel(kCallHttp);
    return Failure::of_client(
        FailureCode::bad_request,
        "The request target is not acceptable: " + std::string{http::to_text(error)} + ".",
        method == "CONNECT" ? "Send CONNECT host:port, with a port from 1 to 65535."
                            : "Send an absolute URL (GET http://host/path), or a path with a Host "
                              "field.",
        "request target not acceptable"
    );
}

Failure listener_gone() {
    return Failure::of_client(
        FailureCode::client_not_allowed,
        "The listener through which this connection was made is not in the configuration any more.",
        "Connect to one of its listeners.", "this listener is closed"
    );
}

}  // namespace countersign::proxy::routing
