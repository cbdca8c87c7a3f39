#pragma once

#include <cstddef>

#include "proxy/generation/generation.hpp"

namespace countersign::proxy::server {

/// Tells the log what a reload changes: which profiles come, go, or get new connections, and as
/// whom; and what takes a restart. `workers`: how many run.
void log_difference(
    const generation::Generation& before, const generation::Generation& next, std::size_t workers
);

}  // namespace countersign::proxy::server
