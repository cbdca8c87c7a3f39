#pragma once

#include <memory>
#include <vector>

#include "profiles/profile.hpp"
#include "proxy/http/request_edits.hpp"
#include "proxy/net/timer_queue.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::generation {

/// The TLS of a route before its key store was renewed (`rotation.overlap`).
struct FormerTls {
    std::shared_ptr<const tls::TlsContext> tls;
    net::TimePoint since;      ///< the renewal
    net::TimePoint ends_from;  ///< its idle connections end from here …
    net::TimePoint until;      ///< … to here
};

/// What a profile came to at load: its TLS, and its rules in the form that the pool wants.
struct Route {
    std::shared_ptr<const tls::TlsContext> tls;
    std::shared_ptr<const upstream::addresses::OriginRules> rules;
    http::RequestEdits edits;
    profiles::RetryRule retry = profiles::RetryRule::idempotent;
    profiles::ResponseLeniencies leniency = {};
    std::vector<FormerTls> former = {};  ///< the latest first
};

}  // namespace countersign::proxy::generation
