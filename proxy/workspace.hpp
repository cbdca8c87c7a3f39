#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/access_log.hpp"
#include "proxy/connection_permits.hpp"
#include "proxy/event/buffer_pool.hpp"
#include "proxy/event/reactor.hpp"
#include "proxy/event/wall_clock.hpp"
#include "proxy/generation.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/request_target.hpp"
#include "proxy/refused_clients.hpp"
#include "proxy/tidier.hpp"
#include "proxy/unmatched_report.hpp"
#include "proxy/upstream/upstream_pool.hpp"

namespace countersign::proxy {

class Session;

/// What the sessions of one worker share: its pools, and the memory in which heads are read and
/// written. The scratch objects are for one step between two suspensions; nothing in them survives
/// a co_await.
struct Workspace {
    Workspace(
        std::shared_ptr<const Generation> first, const AddressGuard& guard, AccessLog& access_log,
        ConnectionPermits& connection_permits, std::uint32_t worker_count
    );

    Reactor reactor;
    std::shared_ptr<const Generation> generation;
    BufferPool buffers;
    Tidier tidier;
    Resolver resolver;
    Connector connector;
    UpstreamPool pool;
    AccessLogBuffer access;
    WallClock wall_clock;

    UnmatchedReport unmatched;

    Head head;                ///< scratch
    Destination destination;  ///< scratch
    std::string text;         ///< scratch
    std::string authority;    ///< scratch

    ConnectionPermits& permits;
    RefusedClients refused;
    Session* first_session = nullptr;  ///< of a list of all
    bool draining = false;
};

}  // namespace countersign::proxy
