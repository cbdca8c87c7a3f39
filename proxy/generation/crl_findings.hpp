#pragma once

#include <chrono>
#include <vector>

#include "proxy/generation/expiry.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::generation {

/// What is to be said at `now` of the revocation lists of the profiles: one that has ended, or is
/// not signed by the trusted authority whose name it bears. Grave: servers are refused for it.
std::vector<ExpiryFinding> crl_findings(
    const Generation& generation, std::chrono::system_clock::time_point now
);

/// Writes them into the log, but those that there were to be said of `before` (may be null), too.
void log_crls(
    const Generation& generation, const Generation* before,
    std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::generation
