#pragma once

#include <vector>

#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::tls {
class TlsContext;
}

namespace countersign::proxy::upstream {

/// The time after a renewal in which connections of the identity before it serve on
/// (`rotation.overlap`). One that is opened in it, for an exchange that began before it, is not
/// kept.
struct Overlap {
    net::TimePoint since = net::kNever;      ///< kNever: there is none
    net::TimePoint ends_from = net::kNever;  ///< from here on they end, one after the other …
    net::TimePoint until = net::kNever;      ///< … to here
    const tls::TlsContext* today = nullptr;  ///< that in the place of which they serve

    bool is_none() const { return since == net::kNever; }
};

/// What the generation that serves makes of an origin.
struct Standing {
    bool retired = false;  ///< it does not have it: nothing of it is kept
    Overlap overlap = {};
    /// Of one of today's: the contexts of those that serve in its place, the latest first.
    std::vector<const tls::TlsContext*> former = {};
};

}  // namespace countersign::proxy::upstream
