#pragma once

#include <cstdint>
#include <optional>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/exchange/tunnel.hpp"
#include "proxy/failure.hpp"
#include "proxy/routing/plan.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy::exchange {

/// Why an exchange did not come to its end, in words. `core` is over, and not complete. `server`:
/// the connection of the attempt, which may know more.
Failure failure_of(const ExchangeCore& core, upstream::UpstreamStream& server);

/// The same where the core has let go of its server: it is the client's doing, or a stop's.
Failure failure_of(const ExchangeCore& core);

/// The same for a request that is refused before an attempt: `why` is request_late,
/// request_malformed or request_too_large.
Failure body_failure(Ending why, const ExchangeRequest& request);

/// Why a tunnel to `goal` did not end by itself; nullopt where it did, or where its client ended
/// it.
std::optional<Failure> failure_of(TunnelEnd end, const upstream::addresses::Goal& goal);

/// Why there is no connection for the exchange; where the client named no port, also where the one
/// that was dialled came from.
Failure with_source_of_port(Failure failure, const routing::Plan& plan);

}  // namespace countersign::proxy::exchange
