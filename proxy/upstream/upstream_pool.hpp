#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string_view>

#include "proxy/failure.hpp"
#include "proxy/metrics/upstream_counts.hpp"
#include "proxy/net/task_group.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/upstream/idle_trimmer.hpp"
#include "proxy/upstream/lease_queue.hpp"
#include "proxy/upstream/origin_directory.hpp"
#include "proxy/upstream/upload_place.hpp"
#include "proxy/upstream/upstream_lease.hpp"

namespace countersign::proxy::upstream {

struct LeaseWaiter;

/// What a pool keeps of all destinations together, for clients choose those.
struct PoolBounds {
    std::size_t idle = OriginDirectory::kMost;  ///< connections, of some 30 KB
    std::size_t sessions = 4096;                ///< of TLS, of some 8 KB
    unsigned look_every = 64;                   ///< connections opened
    unsigned portion = 64;                      ///< connections closed in one turn
};

/// The upstream connections of one worker, by PoolKey. Not shared between threads. Outlives its
/// leases.
class UpstreamPool final : private ConnectionOwner, private PlaceKeeper {
public:
    /// `share`: this worker's part of each max_connections and max_waiting is 1/share of it.
    /// `on_error`: what escapes the opening of a connection, which is a bug.
    UpstreamPool(
        net::EventLoop& loop, Connector& connector, std::uint32_t share,
        std::function<void(std::exception_ptr)> on_error = {}, PoolBounds bounds = {}
    );
    ~UpstreamPool();

    /// The origin of that key, made where it is not there yet. It stays for the rest of the round,
    /// or until another one is made; longer while it has connections or somebody waits for one.
    PooledOrigin& origin(
        std::string_view host, std::uint16_t port,
        const std::shared_ptr<const tls::TlsContext>& tls,
        const std::shared_ptr<const addresses::OriginRules>& rules
    );

    /// An idle connection, at once: the origin's own, else one that serves in its place
    /// (`Overlap`). Or an empty lease.
    UpstreamLease lease_idle(PooledOrigin& origin);
    /// What comes first: a connection that becomes free, or a new one. New ones are opened beside
    /// the exchanges that wait for them, a bounded number at a time, and what nobody waits for any
    /// more becomes idle. A failure to open one is told to who waits longest; to all, where there
    /// is no other connection that could serve them. At the limit clients have their turns, and the
    /// wait has an end (`pool.wait_timeout`); who comes when too many wait (`pool.max_waiting`) is
    /// refused at once.
    net::Task<Result<UpstreamLease>> await_lease(
        PooledOrigin& origin, Wish wish, ConnectReport& report, ClientShare client = 0
    );

    /// For an exchange whose request's body is still coming: a quarter of an origin's connections,
    /// at most, wait for clients that may be slow. Empty: as many do.
    UploadPlace begin_upload(PooledOrigin& origin);

    /// Gives each origin the standing that it has from now on. The connections of those that are
    /// retired end with their exchanges, and the idle ones soon; then the origins go. Exchanges
    /// that still ask for one of them are served.
    void judge(std::function<Standing(const Origin&)> standing);

    /// The certificate has turned out to be revoked: connections and TLS sessions of chains that
    /// have it are not used again, and the idle ones end.
    void retire_revoked(const tls::RevocationKey& certificate);

    /// Closes the connection that has been idle longest of each destination, a portion of them, for
    /// what is needed more than they are; whether there was any.
    bool close_oldest();
    /// Closes every idle connection, and keeps none from now on: a drain.
    void close_idle();

    /// Of all that it has had.
    const metrics::ConnectionTotals& totals() const { return totals_; }
    /// Takes as long as there are destinations.
    metrics::PoolState state() const;

    /// `callback` is called once, when no connection is being opened: now or later. A stop.
    void when_none_opens(std::function<void()> callback);

private:
    class Awaiting;

    /// This worker's part of what all have.
    std::uint32_t share_of(std::uint32_t all) const { return (all + share_ - 1) / share_; }
    std::uint32_t limit(const PooledOrigin& origin) const;
    bool is_full(const PooledOrigin& origin) const { return origin.taken() >= limit(origin); }
    bool has_too_many_waiters(const PooledOrigin& origin) const;
    static void make_room(PooledOrigin& origin);
    void sweep_soon();
    void sweep();
    UpstreamLease lease_rested(PooledOrigin& origin);
    UpstreamLease lease_if_silent(std::unique_ptr<UpstreamConnection> connection);
    Result<UpstreamLease> lease_given(LeaseWaiter& waiter);
    void open_for_waiters(PooledOrigin& origin);
    net::Task<void> open_one(PooledOrigin& origin);
    void hand_out_new(
        PooledOrigin& origin, std::unique_ptr<UpstreamConnection> connection,
        const ConnectReport& report
    );
    static void fail_waiters(
        PooledOrigin& origin, const Failure& failure, const ConnectReport& report
    );
    void give_back(std::unique_ptr<UpstreamConnection> connection) override;
    void discard(const UpstreamConnection& connection) override;
    void place_is_free(Origin& origin, std::optional<metrics::ConnectionEnd> end) override;
    void upload_ends(Origin& origin) override;
    bool is_short_of_places(Origin& origin) const override;

    net::EventLoop& loop_;
    Connector& connector_;
    std::uint32_t share_;
    const PoolBounds bounds_;
    metrics::ConnectionTotals totals_;
    unsigned opened_ = 0;
    bool draining_ = false;
    std::minstd_rand random_;
    IdleTrimmer trimmer_;
    net::TaskGroup openings_;
    OriginDirectory origins_;
    bool sweeps_soon_ = false;
};

}  // namespace countersign::proxy::upstream
