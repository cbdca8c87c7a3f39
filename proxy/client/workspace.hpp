#pragma once

#include <cstdint>
#include <memory>

#include "proxy/client/connection_permits.hpp"
#include "proxy/client/refused_clients.hpp"
#include "proxy/client/tidier.hpp"
#include "proxy/exchange/forwarding_resources.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/net/descriptor_budget.hpp"
#include "proxy/net/wall_clock.hpp"
#include "proxy/routing/unmatched_report.hpp"
#include "proxy/upstream/upstream_pool.hpp"

namespace countersign::proxy {

class Session;

/// What all workers share: it does not change, or is safe from any thread.
struct SharedByWorkers {
    std::shared_ptr<const Generation> generation;
    const OwnEndpoints& own;
    NameFiles& names;
    AccessLog& access_log;
    ConnectionPermits& permits;
    DescriptorBudget budget = {};
    std::uint32_t workers = 1;
};

/// What the sessions of one worker share: its pools, and the memory in which heads are read and
/// written.
struct Workspace : ForwardingResources {
    explicit Workspace(const SharedByWorkers& shared);

    /// From the next exchange on it is this one's; exchanges under way end with the one that they
    /// have pinned. Upstream connections whose TLS it does not have are not used again.
    void adopt(std::shared_ptr<const Generation> next);

    const DescriptorBudget budget;
    Tidier tidier;
    Resolver resolver;
    Connector connector;
    UpstreamPool pool;
    AccessLogBuffer access;
    WallClock wall_clock;

    UnmatchedReport unmatched;

    ConnectionPermits& permits;
    RefusedClients refused;
    Session* first_session = nullptr;  ///< of a list of all
};

}  // namespace countersign::proxy
