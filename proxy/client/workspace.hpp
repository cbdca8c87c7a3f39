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

/// What the sessions of one worker share: its pools, and the memory in which heads are read and
/// written.
struct Workspace : ForwardingResources {
    Workspace(
        std::shared_ptr<const Generation> first, const AddressGuard& guard, AccessLog& access_log,
        ConnectionPermits& connection_permits, std::uint32_t worker_count,
        DescriptorBudget descriptors = {}
    );

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
