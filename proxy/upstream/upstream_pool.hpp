#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include "proxy/event/notice.hpp"
#include "proxy/failure.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/origin.hpp"
#include "proxy/upstream/upstream_lease.hpp"

namespace countersign::proxy {

/// A task that waits for a place, or a connection, of an origin that is at its limit.
class LeaseWaiter {
public:
    explicit LeaseWaiter(Reactor& reactor) : notice{reactor} {}
    Notice notice;
    std::unique_ptr<UpstreamConnection> connection;  ///< handed over; null: only its place was
};

/// The upstream connections of one worker, by PoolKey. Not shared between threads. Outlives its
/// leases.
class UpstreamPool final : private ConnectionOwner {
public:
    /// `share`: this worker's part of each max_connections is 1/share of it.
    UpstreamPool(Reactor& reactor, Connector& connector, std::uint32_t share);
    ~UpstreamPool();

    /// The origin of that key, made where it is not there yet.
    Origin& origin(
        const PoolKeyView& key, const std::shared_ptr<const TlsContext>& tls,
        const std::shared_ptr<const OriginRules>& rules
    );

    /// An idle connection, at once; or an empty lease.
    UpstreamLease lease_idle(Origin& origin);
    /// A new connection; where the origin is at its limit, whatever comes free within the connect
    /// time-out.
    Task<Result<UpstreamLease>> lease_new(Origin& origin, ConnectReport& report);

    /// Closes every idle connection: a drain.
    void close_idle();

private:
    friend class OriginPlace;

    struct KeyHash {
        using is_transparent = void;
        std::size_t operator()(const PoolKeyView& key) const noexcept;
    };
    struct KeyEqual {
        using is_transparent = void;
        bool operator()(const PoolKeyView& a, const PoolKeyView& b) const noexcept {
            return a == b;
        }
    };

    std::uint32_t limit(const Origin& origin) const;
    void give_back(std::unique_ptr<UpstreamConnection> connection) override;
    void discard(const UpstreamConnection& connection) override;
    void closed(Origin& origin);
    void forget_unused();

    Reactor& reactor_;
    Connector& connector_;
    std::uint32_t share_;
    bool draining_ = false;
    TimePoint next_sweep_;
    /// The keys are views into their own origins.
    std::unordered_map<PoolKeyView, std::unique_ptr<Origin>, KeyHash, KeyEqual> origins_;
};

}  // namespace countersign::proxy
