#include "proxy/upstream/upstream_pool.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "proxy/upstream/lease_waiter.hpp"

namespace countersign::proxy::upstream {

using metrics::ConnectionEnd;

namespace {

/// All origins of a pool's connections are its own entries.
PooledOrigin& pooled(Origin& origin) { return static_cast<PooledOrigin&>(origin); }

/// Certificates of one destination that turned out to be revoked, and are remembered as such.
constexpr std::size_t kMostRevoked = 16;

/// Whether anyone waits for a place that it has.
bool is_waited_for(PooledOrigin& origin) {
    const PooledOrigin& today = origin.todays();
    return !today.waiters.empty() || std::ranges::any_of(today.former, [](const PooledOrigin* one) {
        return !one->waiters.empty();
    });
}

}  // namespace

UpstreamPool::UpstreamPool(
    net::EventLoop& loop, Connector& connector, std::uint32_t share,
    std::function<void(std::exception_ptr)> on_error, PoolBounds bounds
)
    : loop_{loop},
      connector_{connector},
      share_{share},
      bounds_{bounds},
      random_{std::random_device{}()},
      trimmer_{loop},
      openings_{std::move(on_error)} {
    connector_.when_out_of_descriptors([this] { return close_oldest(); });
}

UpstreamPool::~UpstreamPool() { close_idle(); }

PooledOrigin& UpstreamPool::origin(
    std::string_view host, std::uint16_t port, const std::shared_ptr<const tls::TlsContext>& tls,
    const std::shared_ptr<const addresses::OriginRules>& rules
) {
    return origins_.at(host, port, tls, rules, loop_.now());
}

void UpstreamPool::judge(std::function<Standing(const Origin&)> standing) {
    origins_.judge(std::move(standing));
    bool any_retired = false;
    origins_.for_each([&](PooledOrigin& origin) {
        any_retired |= origin.standing.retired;
        if (origin.standing.overlap.is_none()) return;
        origin.idle.for_each([](UpstreamConnection& one) { one.look_at_standing(); });
    });
    if (any_retired) sweep_soon();
    // A place may count for others now.
    origins_.for_each([this](PooledOrigin& origin) {
        if (!origin.waiters.empty()) open_for_waiters(origin);
    });
}

void UpstreamPool::retire_revoked(const tls::RevocationKey& certificate) {
    origins_.for_each([&](PooledOrigin& origin) {
        if (origin.key.tls->rules().revocation == profiles::RevocationRule::off) return;
        origin.memory.sessions.forget(certificate);
        std::vector<tls::RevocationKey>& revoked = origin.memory.revoked;
        if (std::ranges::find(revoked, certificate) == revoked.end()) {
            if (revoked.size() == kMostRevoked) revoked.erase(revoked.begin());
            revoked.push_back(certificate);
        }
        std::vector<UpstreamConnection*> ended;
        origin.idle.for_each([&](UpstreamConnection& one) {
            if (one.is_of_revoked()) ended.push_back(&one);
        });
        for (UpstreamConnection* const one : ended) {
            one->ends_by(ConnectionEnd::retired);
            discard(*one);
        }
    });
}

/// Not at once: who has just closed a connection may still speak of its origin, or open another.
void UpstreamPool::sweep_soon() {
    if (draining_ || std::exchange(sweeps_soon_, true)) return;
    loop_.post([this] {
        sweeps_soon_ = false;
        sweep();
    });
}

/// To close a connection is a record and two system calls: others have their turn between portions.
void UpstreamPool::sweep() {
    unsigned closed = 0;
    origins_.for_each([&](PooledOrigin& origin) {
        if (!origin.standing.retired) return;
        trimmer_.forget(origin);
        for (; closed < bounds_.portion && !origin.idle.empty(); ++closed) {
            origin.idle.close_oldest(ConnectionEnd::retired);
        }
    });
    origins_.forget_retired();
    if (closed == bounds_.portion) sweep_soon();
}

std::uint32_t UpstreamPool::limit(const PooledOrigin& origin) const {
    return std::max(1U, share_of(origin.rules->pool.max_connections));
}

UpstreamLease UpstreamPool::lease_idle(PooledOrigin& origin) {
    UpstreamLease lease = lease_rested(origin);
    for (PooledOrigin* const one : origin.former) {
        if (lease) break;
        lease = lease_rested(*one);
    }
    return lease;
}

UpstreamLease UpstreamPool::lease_rested(PooledOrigin& origin) {
    while (std::unique_ptr<UpstreamConnection> connection = origin.idle.pop()) {
        UpstreamLease lease = lease_if_silent(std::move(connection));
        if (lease) return lease;
    }
    return {};
}

/// The one way from an exchange that was made, or a rest, to the next lease: empty where the
/// connection is too old, was closed, or has said something that nobody asked for.
UpstreamLease UpstreamPool::lease_if_silent(std::unique_ptr<UpstreamConnection> connection) {
    if (!connection->may_serve_again(loop_.now())) return {};
    ++connection->age().requests;
    return UpstreamLease{*this, std::move(connection), true};
}

void UpstreamPool::give_back(std::unique_ptr<UpstreamConnection> connection) {
    PooledOrigin& origin = pooled(connection->origin());
    const net::TimePoint now = loop_.now();
    connection->end_exchange(now);
    if (draining_) return connection->ends_by(ConnectionEnd::drain);
    // One that was never asked anything still owes the server the end of its handshake.
    if (connection->descriptor().peer_closed() || connection->tls().flush() != net::IoStatus::ok) {
        return connection->ends_by(ConnectionEnd::server);
    }
    if (!may_be_reused(connection->age(), origin.rules->pool, now)) {
        return connection->ends_by(connection->end_by_age());
    }
    if (connection->is_of_revoked()) return connection->ends_by(ConnectionEnd::retired);
    LeaseWaiter* waiter = take_waiter(origin.waiters, false);
    if (waiter == nullptr && origin.today != nullptr)
        waiter = take_waiter(origin.todays().waiters, false);
    if (waiter != nullptr) {
        waiter->connection = std::move(connection);
        waiter->notice.notify();
        return;
    }
    // Who waits for a fresh one needs its place.
    if ((is_waited_for(origin) && is_full(origin)) || origin.rules->pool.max_idle == 0) {
        return connection->ends_by(ConnectionEnd::surplus);
    }
    if (origin.standing.retired) return connection->ends_by(ConnectionEnd::retired);
    connection->become_idle(now, *this);
    origin.idle.push(std::move(connection));
    trimmer_.note(origin);
}

void UpstreamPool::discard(const UpstreamConnection& connection) {
    // The owner leaves the list before it goes: its destructor calls back into `closed`.
    const std::unique_ptr<UpstreamConnection> removed =
        pooled(connection.origin()).idle.remove(connection);
}

void UpstreamPool::place_is_free(Origin& freed, std::optional<ConnectionEnd> end) {
    if (end) ++totals_.closed_by(*end);
    PooledOrigin& origin = pooled(freed);
    origin.last_used = loop_.now();
    --origin.open;
    PooledOrigin& today = origin.todays();
    open_for_waiters(today);
    for (PooledOrigin* const one : today.former) open_for_waiters(*one);
    if (origin.standing.retired && !origin.is_used()) sweep_soon();
}

UploadPlace UpstreamPool::begin_upload(PooledOrigin& origin) {
    if (origin.all_uploads() >= limit(origin) / 4) return {};
    ++origin.uploads;
    return {*this, origin};
}

void UpstreamPool::upload_ends(Origin& origin) {
    --pooled(origin).uploads;
    if (origin.standing.retired && !pooled(origin).is_used()) sweep_soon();
}

bool UpstreamPool::is_short_of_places(Origin& one) const {
    PooledOrigin& origin = pooled(one).todays();
    const auto lacks = [](const PooledOrigin* each) {
        return each->waiters.size() > each->opening;
    };
    return is_full(origin) && (lacks(&origin) || std::ranges::any_of(origin.former, lacks));
}

void UpstreamPool::when_none_opens(std::function<void()> callback) {
    if (openings_.size() == 0) {
        callback();
    } else {
        openings_.on_idle(std::move(callback));
    }
}

metrics::PoolState UpstreamPool::state() const {
    metrics::PoolState state;
    origins_.for_each([&](const PooledOrigin& origin) {
        state.idle += origin.idle.size();
        state.opening += origin.opening;
        state.active += origin.open - origin.opening - origin.idle.size();
        state.waiting += origin.waiters.size();
    });
    return state;
}

bool UpstreamPool::close_oldest() { return origins_.close_oldest(bounds_.portion); }

void UpstreamPool::close_idle() {
    draining_ = true;
    origins_.for_each([](PooledOrigin& origin) {
        while (!origin.idle.empty()) origin.idle.close_oldest(ConnectionEnd::drain);
    });
}

}  // namespace countersign::proxy::upstream
