#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/event/task.hpp"
#include "proxy/failure.hpp"
#include "proxy/upstream/address_guard.hpp"
#include "proxy/upstream/resolver.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy {

/// How long each phase of opening a connection took; zero for phases that did not happen.
struct ConnectReport {
    std::chrono::microseconds resolve{0};
    std::chrono::microseconds connect{0};
    std::chrono::microseconds handshake{0};
};

/// The failure for a destination that the address guard objects to.
Failure prohibited(const Origin& origin, const std::string& objection);

/// Opens upstream connections: resolve → check the addresses → connect to the first that answers →
/// handshake → verify. Each phase has its own limit and its own failure.
class Connector {
public:
    Connector(Reactor& reactor, Resolver& resolver, const AddressGuard& guard)
        : reactor_{reactor}, resolver_{resolver}, guard_{guard} {}

    Task<Result<std::unique_ptr<UpstreamConnection>>> open(
        OriginPlace place, ConnectReport& report
    );

private:
    Task<Result<std::unique_ptr<Descriptor>>> connect(
        const Origin& origin, std::vector<profiles::IpAddress> addresses
    );
    Task<Result<std::unique_ptr<UpstreamConnection>>> handshake(
        OriginPlace place, std::unique_ptr<Descriptor> socket
    );
    Result<std::vector<profiles::IpAddress>> permitted(
        const Origin& origin, const std::vector<profiles::IpAddress>& addresses
    ) const;

    Reactor& reactor_;
    Resolver& resolver_;
    const AddressGuard& guard_;
};

}  // namespace countersign::proxy
