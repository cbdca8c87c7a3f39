#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/client/connection_permits.hpp"
#include "proxy/client/failure_report.hpp"
#include "proxy/client/refused_clients.hpp"
#include "proxy/client/retirement.hpp"
#include "proxy/client/tidier.hpp"
#include "proxy/exchange/exchange_ids.hpp"
#include "proxy/exchange/forwarding_resources.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/live/exchange_ring.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/metrics/worker_snapshot.hpp"
#include "proxy/net/descriptor_budget.hpp"
#include "proxy/net/memory_budget.hpp"
#include "proxy/net/wall_clock.hpp"
#include "proxy/routing/unmatched_report.hpp"
#include "proxy/upstream/revocation/inquirer.hpp"
#include "proxy/upstream/upstream_pool.hpp"

namespace countersign::proxy::client {

class Session;

/// What all workers share: it does not change, or is safe from any thread.
struct SharedByWorkers {
    std::shared_ptr<const generation::Generation> generation;
    const upstream::addresses::OwnEndpoints& own_endpoints;
    upstream::dns::NameFiles& names;
    log::AccessLog& access_log;
    ConnectionPermits& permits;
    FailureReport& failures;
    net::MemoryBudget& buffered;
    net::DescriptorBudget budget = {};
    std::uint32_t workers = 1;
    /// What Via calls this proxy, and no other one.
    std::string own_name{http::kProductName};
    /// Null: nobody is asked about the revocation of servers' certificates.
    upstream::revocation::Service* revocation = nullptr;
};

/// What the sessions of one worker share: its pools, and the memory in which heads are read and
/// written.
struct Workspace : exchange::ForwardingResources {
    explicit Workspace(const SharedByWorkers& shared);

    /// From the next exchange on it is this one's; exchanges under way end with the one that they
    /// have pinned. Upstream connections of routes that it does not have are not used again. On the
    /// worker's thread, or before it runs.
    void adopt(std::shared_ptr<const generation::Generation> next);
    /// A certificate has turned out to be revoked: who has the sessions looks at the connections of
    /// their own. The pool has done so.
    std::function<void()> on_revoked = [] {};

    const net::DescriptorBudget budget;
    upstream::addresses::OwnEndpoints own_endpoints;
    const std::string own_name;
    const std::string own_via = http::via_line(own_name);
    Tidier tidier;
    upstream::dns::Resolver resolver;
    std::optional<upstream::revocation::Inquirer> inquirer;
    upstream::Connector connector;
    upstream::UpstreamPool pool;
    Retirement retirement;
    log::AccessLogBuffer access;
    live::ExchangeRing recent;  ///< enabled while there is a console
    net::WallClock wall_clock;
    exchange::IdSource ids;

    metrics::ExchangeTally tally;
    metrics::ClientCounts client_counts;
    routing::UnmatchedReport unmatched;

    ConnectionPermits& permits;
    FailureReport& failures;
    net::MemoryBudget& buffered;  ///< what is held for slow clients
    RefusedClients refused;
    bool draining = false;             ///< the proxy stops
    Session* first_session = nullptr;  ///< of a list of all
};

}  // namespace countersign::proxy::client
