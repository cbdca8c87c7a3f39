#pragma once

#include <chrono>
#include <memory>

#include "proxy/failure.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/addresses/address_guard.hpp"
#include "proxy/upstream/addresses/permitted_addresses.hpp"
#include "proxy/upstream/dns/resolver.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy {

/// How long each phase of opening a connection took; zero for phases that did not happen.
struct ConnectReport {
    std::chrono::microseconds resolve{0};
    std::chrono::microseconds connect{0};
    std::chrono::microseconds handshake{0};
};

/// Opens upstream connections: resolve → check the addresses → connect to the first of the
/// permitted ones that answers → handshake → verify. Each phase has its own limit and its own
/// failure. A tunnel is a connection without the last two.
class Connector {
public:
    Connector(Reactor& reactor, Resolver& resolver, const AddressGuard& guard)
        : reactor_{reactor}, resolver_{resolver}, guard_{guard} {}

    Task<Result<std::unique_ptr<UpstreamConnection>>> open(
        OriginPlace place, ConnectReport& report
    );
    /// As far as the TCP connection.
    Task<Result<std::unique_ptr<Descriptor>>> reach(Goal goal, ConnectReport& report);

private:
    Task<Result<std::unique_ptr<Descriptor>>> connect(Goal goal, PermittedAddresses allowed);
    Task<Result<std::unique_ptr<UpstreamConnection>>> handshake(
        OriginPlace place, std::unique_ptr<Descriptor> socket
    );

    Reactor& reactor_;
    Resolver& resolver_;
    const AddressGuard& guard_;
};

}  // namespace countersign::proxy
