#include <algorithm>
#include <utility>

#include "certs/text/phrase.hpp"
#include "proxy/upstream/lease_waiter.hpp"
#include "proxy/upstream/upstream_pool.hpp"

namespace countersign::proxy::upstream {

using metrics::ConnectionEnd;

// How an exchange waits for a connection, and how those are opened for which exchanges wait. The
// rest of the pool is in upstream_pool.cpp.

namespace {

/// "All 4 connections to a.example:443 that a worker may have are in use"
std::string all_in_use(const PooledOrigin& origin, std::uint32_t limit) {
    const bool one = limit == 1;
    std::string text = one ? "The one connection" : "All " + certs::counted(limit, "connection");
    text += " to " + origin.authority() + " that a worker may have ";
    return text += one ? "is in use" : "are in use";
}

Failure limit_failure(const PooledOrigin& origin, std::uint32_t limit) {
    if (origin.taken() >= limit) {
        const std::string_view came = limit == 1 ? "it did not come" : "none came";
        return Failure::of_proxy(
            FailureCode::connection_limit,
            all_in_use(origin, limit) + ", and " + std::string{came} + " free in time.",
            "Raise pool.max_connections or pool.wait_timeout of the profile, or send fewer "
            "requests at a time.",
            "all connections to {} are in use"
        );
    }
    return Failure::of_proxy(
        FailureCode::connection_limit,
        "No connection to " + origin.authority() + " was ready in time: " +
            std::to_string(origin.opening) + (origin.opening == 1 ? " is" : " are") +
            " being opened, and more requests than that wait.",
        "Find out why the server is slow to accept connections, or send fewer requests at a time.",
        "no connection to {} was ready in time"
    );
}

Failure queue_failure(const PooledOrigin& origin, std::uint32_t limit) {
    const std::size_t waiting = origin.waiters.size();
    return Failure::of_proxy(
        FailureCode::connection_limit,
        all_in_use(origin, limit) + ", and " + certs::counted(waiting, "request") +
            (waiting == 1 ? " waits" : " wait") + " for one already, as many as may.",
        "Raise pool.max_connections or pool.max_waiting of the profile, or send fewer requests at "
        "a time.",
        "too many requests wait for a connection to {}"
    );
}

/// How long an exchange waits for a connection: as long as one may take to be opened; where none is
/// being opened, all that may be open are in use.
net::Clock::duration patience(const PooledOrigin& origin) {
    const profiles::Timeouts& timeouts = origin.rules->timeouts;
    if (origin.opening == 0) return origin.rules->pool.wait_timeout;
    return timeouts.resolve + timeouts.connect + timeouts.handshake;
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

net::Task<Result<UpstreamLease>> UpstreamPool::await_lease(
    PooledOrigin& origin, Wish wish, ConnectReport& report, ClientShare client
) {
    const net::TimePoint start = loop_.now();
    origin.last_used = start;
    const Awaiting stays{*this, origin};
    for (bool first = true;; first = false) {
        LeaseWaiter waiter{loop_, wish, client};
        // Who was given a connection that turned out to be dead has not lost its turn.
        if (first) {
            origin.waiters.add(waiter);
        } else {
            origin.waiters.add_in_front(waiter);
        }
        // Who asks for one of before is served by none of today's.
        const bool by_no_other = wish == Wish::fresh || origin.today != nullptr;
        if (by_no_other && is_full(origin)) make_room(origin);
        open_for_waiters(origin);
        if (first && has_too_many_waiters(origin) && origin.waiters.remove(waiter)) {
            co_return queue_failure(origin, limit(origin));
        }
        const net::Wait wait = co_await waiter.notice.wait(start + patience(origin));
        // Whoever was taken out of the list was given something, even in the very round in which
        // its time was over.
        const bool given = !origin.waiters.remove(waiter);
        if (!given && wait == net::Wait::cancelled) co_return stopping_failure();
        if (!given) co_return limit_failure(origin, limit(origin));
        report = waiter.report;
        Result<UpstreamLease> lease = lease_given(waiter);
        if (!lease || *lease) co_return lease;
    }
}

/// Those for whom there is a place wait for themselves alone.
bool UpstreamPool::has_too_many_waiters(const PooledOrigin& origin) const {
    const std::uint32_t most = limit(origin);
    const std::size_t taken = std::min<std::size_t>(most, origin.taken() - origin.opening);
    return origin.waiters.size() > share_of(origin.rules->pool.max_waiting) + (most - taken);
}

/// By an idle connection that ends, if there is one: of the oldest identity.
void UpstreamPool::make_room(PooledOrigin& origin) {
    PooledOrigin& today = origin.todays();
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
    LeaseWaiter* const waiter = take_waiter(origin.waiters, true);
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
    while (LeaseWaiter* const waiter = take_waiter(origin.waiters, true)) {
        waiter->failure = failure;
        waiter->report = report;
        waiter->notice.notify();
        const bool serves = origin.today != nullptr ? origin.open > 0 : origin.taken() > 0;
        if (serves) return;
    }
}

}  // namespace countersign::proxy::upstream
