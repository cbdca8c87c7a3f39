#include "proxy/upstream/bound_connections.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy::upstream {

namespace {

Failure handshake_lost(const Origin& origin) {
    return Failure::of_upstream(
        FailureCode::response_incomplete,
        origin.authority() +
            " closed the connection on which the client was signing in (NTLM or Negotiate), "
            "between two steps; on another one it cannot go on.",
        "Send the request again, on a new connection and from the first step; most clients do so "
        "by themselves."
    );
}

/// A retired origin's connection is not used for today's origin of the same destination.
bool leads_to(const UpstreamConnection& connection, const Origin& origin) {
    const PoolKey& key = connection.origin().key;
    return key.host == origin.key.host && key.port == origin.key.port;
}

}  // namespace

void UpstreamLease::bind_to(BoundConnections& client) { owner_ = &client; }

bool UpstreamLease::is_bound_to(const BoundConnections& client) const { return owner_ == &client; }

Result<UpstreamLease> BoundConnections::take(const Origin& origin, bool goes_on) {
    const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
        return &one->origin() == &origin || (one->origin().retired && leads_to(*one, origin));
    });
    if (at == connections_.end()) {
        if (lost_.empty() || lost_ != origin.authority()) return UpstreamLease{};
        lost_.clear();
        if (goes_on) return handshake_lost(origin);
        return UpstreamLease{};
    }
    std::unique_ptr<UpstreamConnection> own =
        remove(static_cast<std::size_t>(at - connections_.begin()));
    const net::TimePoint now = own->descriptor().loop().now();
    ConnectionAge& age = own->age();
    if (&own->origin() == &origin && own->may_serve_again(now)) {
        ++age.requests;
        age.signing_in = false;
        return UpstreamLease{*this, std::move(own), true};
    }
    if (age.signing_in && goes_on) return handshake_lost(origin);
    return UpstreamLease{};
}

void BoundConnections::give_back(std::unique_ptr<UpstreamConnection> connection) {
    const net::TimePoint now = connection->descriptor().loop().now();
    connection->age().idle_since = now;
    if (connection->descriptor().peer_closed() && !connection->age().signing_in) return;
    // Between two steps it is kept, so that the next one hears that it comes too late.
    if (connection->origin().retired && !connection->age().signing_in) return;
    if (!may_be_reused(connection->age(), connection->origin().rules->pool, now)) return;
    connection->become_idle(now, *this);
    connections_.push_back(std::move(connection));
    if (connections_.size() > kMost) remove(0);
}

void BoundConnections::discard(const UpstreamConnection& connection) {
    const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
        return one.get() == &connection;
    });
    if (at == connections_.end()) return;
    // It leaves the list before it goes: its place may be somebody's at once.
    const auto removed = remove(static_cast<std::size_t>(at - connections_.begin()));
}

std::unique_ptr<UpstreamConnection> BoundConnections::remove(std::size_t index) {
    std::unique_ptr<UpstreamConnection> removed = std::move(connections_[index]);
    connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(index));
    return removed;
}

}  // namespace countersign::proxy::upstream
