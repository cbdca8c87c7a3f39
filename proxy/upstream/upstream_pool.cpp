#include "proxy/upstream/upstream_pool.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace countersign::proxy::upstream {

using metrics::ConnectionEnd;

namespace {

/// Certificates of one destination that turned out to be revoked, and are remembered as such.
constexpr std::size_t kMostRevoked = 16;

Failure limit_failure(const PooledOrigin& origin, std::uint32_t limit) {
    const std::string where = origin.authority();
    if (origin.taken() >= limit) {
        return Failure::of_proxy(
            FailureCode::connection_limit,
            "All " + std::to_string(limit) + " connections to " + where +
                " that a worker may have are in use, and none came free in time.",
            "Raise pool.max_connections of the profile, or send fewer requests at a time.",
            "all connections to {} are in use"
        );
    }
    return Failure::of_proxy(
        FailureCode::connection_limit,
        "No connection to " + where + " was ready in time: " + std::to_string(origin.opening) +
            " are being opened, and more requests than that wait.",
        "Find out why the server is slow to accept connections, or send fewer requests at a time.",
        "no connection to {} was ready in time"
    );
}

/// How long an exchange waits for a connection: as long as one may take to be opened. Where none is
/// being opened, the limit is reached, and the connect time-out is what a client has to bear.
net::Clock::duration patience(const PooledOrigin& origin) {
    const profiles::Timeouts& timeouts = origin.rules->timeouts;
    if (origin.opening == 0) return timeouts.connect;
    return timeouts.resolve + timeouts.connect + timeouts.handshake;
}

/// All origins of a pool's connections are its own entries.
PooledOrigin& pooled(Origin& origin) { return static_cast<PooledOrigin&>(origin); }

/// For which new connections are opened.
PooledOrigin& todays(PooledOrigin& origin) {
    return origin.today != nullptr ? pooled(*origin.today) : origin;
}

/// Whether anyone waits for a place that it has.
bool is_waited_for(PooledOrigin& origin) {
    const PooledOrigin& today = todays(origin);
    return !today.waiters.empty() || std::ranges::any_of(today.former, [](const PooledOrigin* one) {
        return !one->waiters.empty();
    });
}

/// The first who waits for it, out of the list; null where nobody does.
LeaseWaiter* take_waiter(PooledOrigin& origin, bool fresh) {
    const auto at =
        std::find_if(origin.waiters.begin(), origin.waiters.end(), [&](const LeaseWaiter* one) {
            return fresh || one->wish == Wish::any;
        });
    if (at == origin.waiters.end()) return nullptr;
    LeaseWaiter* const waiter = *at;
    origin.waiters.erase(at);
    return waiter;
}

}  // namespace

/// Who was taken out of the list of waiters goes on a round later: the origin is there until then.
class UpstreamPool::Awaiting {
public:
    Awaiting(UpstreamPool& pool, PooledOrigin& origin) : pool_{pool}, origin_{origin} {
        ++origin_.awaiting;
    }
    Awaiting(const Awaiting&) = delete;
    Awaiting& operator=(const Awaiting&) = delete;
    ~Awaiting() {
        --origin_.awaiting;
        if (origin_.standing.retired && !origin_.is_used()) pool_.sweep_soon();
    }

private:
    UpstreamPool& pool_;
    PooledOrigin& origin_;
};

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
    return std::max(1U, (origin.rules->pool.max_connections + share_ - 1) / share_);
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

net::Task<Result<UpstreamLease>> UpstreamPool::await_lease(
    PooledOrigin& origin, Wish wish, ConnectReport& report
) {
    const net::TimePoint start = loop_.now();
    origin.last_used = start;
    const Awaiting stays{*this, origin};
    for (bool first = true;; first = false) {
        LeaseWaiter waiter{loop_, wish};
        // Who was given a connection that turned out to be dead has not lost its turn.
        origin.waiters.insert(first ? origin.waiters.end() : origin.waiters.begin(), &waiter);
        // Who asks for one of before is served by none of today's.
        const bool by_no_other = wish == Wish::fresh || origin.today != nullptr;
        if (by_no_other && is_full(origin)) make_room(origin);
        open_for_waiters(origin);
        const net::Wait wait = co_await waiter.notice.wait(start + patience(origin));
        // Whoever was taken out of the list was given something, even in the very round in which
        // its time was over.
        const bool given = std::erase(origin.waiters, &waiter) == 0;
        if (!given && wait == net::Wait::cancelled) co_return stopping_failure();
        if (!given) co_return limit_failure(origin, limit(origin));
        report = waiter.report;
        Result<UpstreamLease> lease = lease_given(waiter);
        if (!lease || *lease) co_return lease;
    }
}

/// By an idle connection that ends, if there is one: of the oldest identity.
void UpstreamPool::make_room(PooledOrigin& origin) {
    PooledOrigin& today = todays(origin);
    for (auto one = today.former.rbegin(); one != today.former.rend(); ++one) {
        if ((*one)->close_an_idle_one(ConnectionEnd::surplus)) return;
    }
    today.close_an_idle_one(ConnectionEnd::surplus);
}

/// Empty where the connection is of no use any more.
Result<UpstreamLease> UpstreamPool::lease_given(LeaseWaiter& waiter) {
    if (waiter.failure) return std::move(*waiter.failure);
    if (!waiter.fresh) return lease_if_silent(std::move(waiter.connection));
    waiter.connection->age().requests = 1;
    return UpstreamLease{*this, std::move(waiter.connection), false};
}

void UpstreamPool::open_for_waiters(PooledOrigin& origin) {
    // What is begun here may end at once and come back to here: one loop is enough, and no stack
    // grows with the number of waiters.
    if (origin.is_being_opened_for_waiters || loop_.cancelled()) return;
    origin.is_being_opened_for_waiters = true;
    const auto counts = [&origin] {
        return ConnectionCounts{origin.waiters.size(), origin.opening, origin.taken()};
    };
    while (opens_another(counts(), limit(origin))) {
        ++origin.open;
        ++origin.opening;
        openings_.spawn(open_one(origin));
    }
    origin.is_being_opened_for_waiters = false;
}

/// `origin` lives as long as one of its places is taken.
net::Task<void> UpstreamPool::open_one(PooledOrigin& origin) {
    ConnectReport report;
    OriginPlace place{*this, origin};
    Result<std::unique_ptr<UpstreamConnection>> opened = internal_failure();
    std::exception_ptr error;
    try {
        opened = co_await connector_.open(std::move(place), report);
    } catch (...) {
        error = std::current_exception();  // a bug, or memory: who waits is told all the same
    }
    --origin.opening;
    if (opened) {
        hand_out_new(origin, std::move(*opened), report);
    } else {
        fail_waiters(origin, opened.error(), report);
    }
    open_for_waiters(origin);
    if (error) std::rethrow_exception(error);
}

void UpstreamPool::hand_out_new(
    PooledOrigin& origin, std::unique_ptr<UpstreamConnection> connection,
    const ConnectReport& report
) {
    const net::TimePoint now = loop_.now();
    ++totals_.opened;
    connection->ends_by(ConnectionEnd::exchange);
    ConnectionAge& age = connection->age();
    age.random = static_cast<std::uint32_t>(random_());
    age.good_until =
        origin.standing.overlap.is_none() ? good_until(now, origin.rules->pool, age.random) : now;
    if (++opened_ % bounds_.look_every == 0) origins_.keep(bounds_.idle, bounds_.sessions);
    LeaseWaiter* const waiter = take_waiter(origin, true);
    if (waiter == nullptr) {
        give_back(std::move(connection));
        return;
    }
    waiter->connection = std::move(connection);
    waiter->fresh = true;
    waiter->report = report;
    waiter->notice.notify();
}

/// One attempt, one answer. But where nothing of the origin is open, and nothing being opened,
/// those who wait beyond the attempts that have all failed would only hear the same, one by one.
void UpstreamPool::fail_waiters(
    PooledOrigin& origin, const Failure& failure, const ConnectReport& report
) {
    while (LeaseWaiter* const waiter = take_waiter(origin, true)) {
        waiter->failure = failure;
        waiter->report = report;
        waiter->notice.notify();
        const bool serves = origin.today != nullptr ? origin.open > 0 : origin.taken() > 0;
        if (serves) return;
    }
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
    LeaseWaiter* waiter = take_waiter(origin, false);
    if (waiter == nullptr && origin.today != nullptr) waiter = take_waiter(todays(origin), false);
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
    PooledOrigin& today = todays(origin);
    open_for_waiters(today);
    for (PooledOrigin* const one : today.former) open_for_waiters(*one);
    if (origin.standing.retired && !origin.is_used()) sweep_soon();
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
