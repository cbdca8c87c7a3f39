#pragma once

#include "proxy/exchange.hpp"
#include "proxy/failure.hpp"
#include "proxy/http/request_target.hpp"

namespace countersign::proxy {

/// Where a destination leads: profile, TLS, and the port that is dialled.
struct Routing {
    const profiles::Profile* profile = nullptr;  ///< null: `unmatched: tls`
    const Route* route = nullptr;
    std::uint16_t port = 0;
};

/// Finds the profile of a destination, or says why there is none, or why its identity cannot be
/// used at `now`. No I/O.
Result<Routing> find_route(
    const Generation& generation, const Destination& destination,
    std::chrono::system_clock::time_point now
);

/// The failure for a request target that leads nowhere.
Failure target_failure(TargetError error);

}  // namespace countersign::proxy
