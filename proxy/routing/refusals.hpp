#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "profiles/profile_set.hpp"
#include "proxy/failure.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/routing/cross_site.hpp"
#include "proxy/routing/peer.hpp"
#include "proxy/routing/routing_request.hpp"

namespace countersign::proxy::routing {

// Why a request goes nowhere, in words.

/// The route is the right one, and the identity that `tls`, `profile`'s, has is not to be used at
/// `now`: see `unusable_because`.
Failure unusable_identity(
    const tls::TlsContext& tls, const profiles::Profile& profile,
    std::chrono::system_clock::time_point now
);

/// A CONNECT that gets no tunnel; because of the profile that `forbids` it, where one does.
Failure connect_refused(
    const generation::Generation& generation, const RoutingRequest& asked,
    const profiles::Profile* forbids = nullptr
);

/// A CONNECT that announces a body.
Failure body_in_connect();

/// A request that asks for another protocol, which the profile refuses.
Failure upgrade_refused(std::string_view protocols, const profiles::Profile& profile);

/// A TRACE to a profile that sets fields: its server would show them to the client.
Failure trace_refused(const profiles::Profile& profile);
/// The request has come through this proxy, `own_name`, before.
Failure loop_found(std::string_view own_name);

/// A browser's request for a page that is not this listener's, as `why` (not `no`) says.
Failure cross_site_refused(CrossSite why, const profiles::Listener& listener);

/// A client that is not welcome on the listener of that name.
Failure admission_failure(const Peer& peer, std::string_view listener);
/// A client whose address the listener does not allow.
Failure not_allowed(const Peer& peer);

/// A request target that leads nowhere.
Failure target_failure(http::TargetError error, std::string_view method);
/// The client came in through a listener that a later load does not have.
Failure listener_gone();

}  // namespace countersign::proxy::routing
