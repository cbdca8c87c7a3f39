#pragma once

#include <memory>
#include <string_view>

#include "proxy/exchange.hpp"
#include "proxy/failure.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/peer.hpp"

namespace countersign::proxy {

/// Where a request leads: profile, TLS, and the port that is meant.
struct Routing {
    const profiles::Profile* profile = nullptr;  ///< null: by `unmatched`
    const Route* route = nullptr;
    std::uint16_t port = 0;
    profiles::MatchReason reason = profiles::MatchReason::no_host_matches;
    /// By `unmatched: report`: how it would have been refused. Null otherwise.
    std::unique_ptr<const Failure> refusal;
    /// The route is the right one, and its identity has expired, or is not valid yet. Null where it
    /// may be used.
    std::unique_ptr<const Failure> unusable;
};

/// All that decides about a request. Views of the request's head and of the generation.
struct RoutingRequest {
    std::string_view scheme;  ///< "http", "https" or a profile's name
    std::string_view named;   ///< what X-Countersign-Profile says; empty: there is none
    profiles::Request request;
    const profiles::Listener* listener = nullptr;  ///< null in tests that need none
};

/// What a request's head and its client say. Failures: credentials that prove nobody, two
/// X-Countersign-Profile fields. On a listener with a fixed upstream `destination` becomes that.
Result<RoutingRequest> read_routing_request(
    const Generation& generation, const Head& head, const Peer& peer, Destination& destination
);

/// Finds the profile of a request, or says why there is none; and why its identity cannot be used
/// at `now`, where it cannot. No I/O.
Result<Routing> find_route(
    const Generation& generation, const RoutingRequest& asked,
    std::chrono::system_clock::time_point now
);

/// Where a CONNECT leads.
struct TunnelRoute {
    const profiles::Profile* profile = nullptr;  ///< null: by `unmatched: tunnel_connect`
    const OriginRules* rules = nullptr;          ///< what is dialled, and the limits; not null
};

/// Finds who gives a CONNECT its tunnel, or says why nobody does (profiles/README.md has the
/// rule). No I/O.
Result<TunnelRoute> find_tunnel(const Generation& generation, const RoutingRequest& asked);

/// The failure for a CONNECT that gets no tunnel; because of the profile that `forbids` it, where
/// one does.
Failure connect_refused(
    const Generation& generation, const RoutingRequest& asked,
    const profiles::Profile* forbids = nullptr
);

/// The profile that a request names: by its listener, its URL's scheme or X-Countersign-Profile.
/// Empty: none. Failure: it names two.
Result<std::string_view> name_of_profile(const RoutingRequest& asked);

/// Whether a target that leads nowhere by itself does so on this listener: one with a fixed
/// upstream needs no Host.
bool is_replaced(TargetError error, const Head& head, const Peer& peer);

/// The failure for a client that is not welcome.
Failure admission_failure(const Peer& peer);

/// The failure for a request target that leads nowhere.
Failure target_failure(TargetError error, std::string_view method);

}  // namespace countersign::proxy
