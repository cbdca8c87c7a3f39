#pragma once

#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::tls {
class TlsContext;
}

namespace countersign::proxy::upstream {

/// The time after a renewal in which connections of the identity before it serve on
/// (`rotation.overlap`). Those that are opened in it, for exchanges that began before it, serve
/// these alone.
struct Overlap {
    net::TimePoint since = net::kNever;  ///< kNever: there is none
    net::TimePoint until = net::kNever;
    const tls::TlsContext* today = nullptr;  ///< that in the place of which they serve

    bool is_none() const { return since == net::kNever; }
};

/// What the generation that serves makes of an origin.
struct Standing {
    bool retired = false;  ///< it does not have it: nothing of it is kept
    Overlap overlap = {};
};

}  // namespace countersign::proxy::upstream
