#include "proxy/server/dropped_lines.hpp"

#include "proxy/log/log.hpp"

namespace countersign::proxy::server {

void log_dropped(std::uint64_t bytes) {
    log::warning(
        "{} bytes of the access log were dropped since the start: where it goes (log.access) does "
        "not keep up, or is full",
        bytes
    );
}

void log_dropped_here(std::uint64_t bytes) {
    log::warning(
        "{} bytes of this log were dropped since the start: nobody read stderr, or too slowly",
        bytes
    );
}

}  // namespace countersign::proxy::server
