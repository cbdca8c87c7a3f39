#pragma once

#include <cstdint>

namespace countersign::proxy::server {

// What the log says of lines that nobody took in time.

/// Of the access log, in bytes.
void log_dropped(std::uint64_t bytes);
/// Of the program's own log. It is read once somebody reads on.
void log_dropped_here(std::uint64_t bytes);

}  // namespace countersign::proxy::server
