#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/routing/question.hpp"

namespace countersign::proxy::routing {

/// Where a request leads: profile, TLS, and the port that is meant.
struct Routing {
    const profiles::Profile* profile = nullptr;  ///< null: by `unmatched`
    const generation::Route* route = nullptr;
    std::uint16_t port = 0;
    profiles::MatchReason reason = profiles::MatchReason::no_host_matches;
    /// By `unmatched: report`: how it would have been refused. Null otherwise.
    std::unique_ptr<const Failure> refusal;
    /// The route is the right one, and its identity has expired, or is not valid yet. Null where it
    /// may be used.
    std::unique_ptr<const Failure> unusable;
};

/// Finds the profile of a request, or says why there is none; and why its identity cannot be used
/// at `now`, where it cannot. No I/O.
Result<Routing> find_route(
    const generation::Generation& generation, const RoutingRequest& asked,
    std::chrono::system_clock::time_point now
);

/// Where a CONNECT leads.
struct TunnelRoute {
    const profiles::Profile* profile = nullptr;  ///< null: by `unmatched: tunnel_connect`
    const upstream::addresses::OriginRules* rules =
        nullptr;  ///< what is dialled, and the limits; not null
};

/// Finds who gives a CONNECT its tunnel, or says why nobody does (profiles/README.md has the
/// rule). No I/O.
Result<TunnelRoute> find_tunnel(
    const generation::Generation& generation, const RoutingRequest& asked
);

}  // namespace countersign::proxy::routing
