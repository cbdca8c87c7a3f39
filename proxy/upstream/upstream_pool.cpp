#include "proxy/upstream/upstream_pool.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace countersign::proxy {

namespace {

constexpr auto kSweep = std::chrono::minutes{1};
/// An origin without connections keeps its TLS sessions this long.
constexpr auto kForgetAfter = std::chrono::minutes{30};

Failure limit_failure(const Origin& origin, std::uint32_t limit) {
    Failure failure;
    failure.code = FailureCode::connection_limit;
    failure.side = Side::proxy;
    failure.reason = "All " + std::to_string(limit) + " connections to " + origin.key.host + ":" +
                     std::to_string(origin.key.port) +
                     " that a worker may have are in use, and none came free in time.";
    failure.remedy = "Raise pool.max_connections of the profile, or send fewer requests at a time.";
    return failure;
}

Failure no_place(Wait wait, const Origin& origin, std::uint32_t limit) {
    return wait == Wait::cancelled ? stopping_failure() : limit_failure(origin, limit);
}

}  // namespace

std::size_t UpstreamPool::KeyHash::operator()(const PoolKeyView& key) const noexcept {
    const std::size_t host = std::hash<std::string_view>{}(key.host);
    const auto context = reinterpret_cast<std::uintptr_t>(key.tls);
    return host ^ ((context >> 4) * 0x9E3779B97F4A7C15U) ^ (std::size_t{key.port} << 17);
}

UpstreamPool::UpstreamPool(Reactor& reactor, Connector& connector, std::uint32_t share)
    : reactor_{reactor},
      connector_{connector},
      share_{share},
      next_sweep_{reactor.now() + kSweep} {}

UpstreamPool::~UpstreamPool() { close_idle(); }

Origin& UpstreamPool::origin(
    const PoolKeyView& key, const std::shared_ptr<const TlsContext>& tls,
    const std::shared_ptr<const OriginRules>& rules
) {
    if (const auto at = origins_.find(key); at != origins_.end()) return *at->second;
    forget_unused();
    auto made = std::make_unique<Origin>(PoolKey{std::string{key.host}, key.port, tls}, rules);
    made->last_used = reactor_.now();
    Origin& origin = *made;
    origins_.emplace(origin.key.view(), std::move(made));
    return origin;
}

void UpstreamPool::forget_unused() {
    const TimePoint now = reactor_.now();
    if (now < next_sweep_) return;
    next_sweep_ = now + kSweep;
    std::erase_if(origins_, [&](const auto& entry) {
        const Origin& origin = *entry.second;
        return origin.open == 0 && origin.waiters.empty() && now - origin.last_used > kForgetAfter;
    });
}

std::uint32_t UpstreamPool::limit(const Origin& origin) const {
    return std::max(1U, (origin.rules->pool.max_connections + share_ - 1) / share_);
}

UpstreamLease UpstreamPool::lease_idle(Origin& origin) {
    const TimePoint now = reactor_.now();
    while (std::unique_ptr<UpstreamConnection> connection = origin.idle.pop()) {
        if (!may_be_reused(connection->age(), origin.rules->pool, now)) continue;
        if (!connection->still_silent(now)) continue;
        ++connection->age().requests;
        return UpstreamLease{*this, std::move(connection), true};
    }
    return {};
}

Task<Result<UpstreamLease>> UpstreamPool::lease_new(Origin& origin, ConnectReport& report) {
    if (origin.open < limit(origin)) {
        ++origin.open;
    } else {
        LeaseWaiter waiter{reactor_};
        origin.waiters.push_back(&waiter);
        const TimePoint deadline = reactor_.now() + origin.rules->timeouts.connect;
        const Wait wait = co_await waiter.notice.wait(deadline);
        // Whoever was taken out of the list was given something, even in the very round in which
        // its time was over: to leave that behind would lose a place for good.
        const bool given = std::erase(origin.waiters, &waiter) == 0;
        if (!given) co_return no_place(wait, origin, limit(origin));
        if (waiter.connection) {
            ++waiter.connection->age().requests;
            co_return UpstreamLease{*this, std::move(waiter.connection), true};
        }
        // Otherwise a place was handed over, and is counted already.
    }
    OriginPlace place{*this, origin};
    origin.last_used = reactor_.now();
    Result<std::unique_ptr<UpstreamConnection>> opened =
        co_await connector_.open(std::move(place), report);
    if (!opened) co_return std::move(opened).error();
    (*opened)->age().requests = 1;
    co_return UpstreamLease{*this, std::move(*opened), false};
}

void UpstreamPool::give_back(std::unique_ptr<UpstreamConnection> connection) {
    Origin& origin = connection->origin();
    const TimePoint now = reactor_.now();
    connection->age().idle_since = now;
    if (draining_ || connection->descriptor().peer_closed()) return;
    // One that was never asked anything still owes the server the end of its handshake.
    if (connection->tls().flush() != IoStatus::ok) return;
    if (!may_be_reused(connection->age(), origin.rules->pool, now)) return;
    if (!origin.waiters.empty()) {
        LeaseWaiter* waiter = origin.waiters.front();
        origin.waiters.pop_front();
        waiter->connection = std::move(connection);
        waiter->notice.notify();
        return;
    }
    if (origin.idle.size() >= origin.rules->pool.max_idle) return;
    connection->become_idle(now, *this);
    origin.idle.push(std::move(connection));
}

void UpstreamPool::discard(const UpstreamConnection& connection) {
    // The owner leaves the list before it goes: its destructor calls back into `closed`.
    const std::unique_ptr<UpstreamConnection> removed = connection.origin().idle.remove(connection);
}

void UpstreamPool::closed(Origin& origin) {
    origin.last_used = reactor_.now();
    if (origin.waiters.empty()) {
        --origin.open;
        return;
    }
    LeaseWaiter* waiter = origin.waiters.front();
    origin.waiters.pop_front();
    waiter->notice.notify();
}

void UpstreamPool::close_idle() {
    draining_ = true;
    for (auto& [key, origin] : origins_) {
        while (origin->idle.pop()) {
        }
    }
}

}  // namespace countersign::proxy
