#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "certs/identity.hpp"
#include "profiles/profile_set.hpp"
#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/routing/cross_site.hpp"
#include "proxy/routing/peer.hpp"
#include "proxy/routing/routing_request.hpp"

namespace countersign::proxy::routing {

// Why a request goes nowhere, in words.

/// The route is the right one, and its identity, `profile`'s, has expired, or is not valid yet.
/// `why` as of `unusable_because`.
Failure unusable_identity(
    const certs::Identity& identity, const profiles::Profile& profile, const std::string& why,
    std::chrono::system_clock::time_point now
);

/// A CONNECT that gets no tunnel; because of the profile that `forbids` it, where one does.
Failure connect_refused(
    const generation::Generation& generation, const RoutingRequest& asked,
    const profiles::Profile* forbids = nullptr
);

/// A CONNECT that announces a body.
Failure body_in_connect();

/// A browser's request for a page that is not this listener's, as `why` (not `no`) says.
Failure cross_site_refused(CrossSite why, const profiles::Listener& listener);

/// A client that is not welcome.
Failure admission_failure(const Peer& peer);
/// A client whose address the listener does not allow.
Failure not_allowed(const Peer& peer);

/// A request target that leads nowhere.
Failure target_failure(http::TargetError error, std::string_view method);
/// The client came in through a listener that a later load does not have.
Failure listener_gone();

}  // namespace countersign::proxy::routing
