#pragma once

#include <string_view>

#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/http/target_path.hpp"
#include "proxy/routing/peer.hpp"
#include "proxy/routing/routing_request.hpp"

namespace countersign::proxy::routing {

/// Where a request wants to go.
struct Target {
    http::Destination to;
    http::TargetPath path;  ///< that of `to`
    http::TargetError error = http::TargetError::none;
    /// What the client calls the listener; empty where it does not say.
    std::string_view called;
};

/// On a listener (null: none) with a fixed upstream that one, whatever the request says; it needs
/// no Host.
Target read_target(const http::Head& head, const profiles::Listener* listener);

/// What a request's head and its client say. Failures: credentials that prove nobody, two
/// X-Countersign-Profile fields. `listener`: the peer's, or null. `to` outlives it.
Result<RoutingRequest> read_routing_request(
    const generation::Generation& generation, const http::Head& head, const Peer& peer,
    const profiles::Listener* listener, const http::Destination& to
);

/// The profile that a request names: by its listener, its URL's scheme or X-Countersign-Profile.
/// Empty: none. Failure: it names two.
Result<std::string_view> name_of_profile(const RoutingRequest& asked);

}  // namespace countersign::proxy::routing
