#pragma once

#include <cstdint>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/failure.hpp"
#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy::exchange {

/// Why an exchange did not come to its end, in words. `core` is over, and not complete. `server`:
/// the connection of the attempt, which may know more.
Failure failure_of(const ExchangeCore& core, upstream::UpstreamStream& server);

/// The same for a request that is refused before an attempt: `why` is request_malformed or
/// request_too_large.
Failure body_failure(Ending why, std::uint64_t most_bytes);

}  // namespace countersign::proxy::exchange
