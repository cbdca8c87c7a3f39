#include "proxy/upstream/bound_connections.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy::upstream {

namespace {

constexpr const char* kBeginAnew =
    "Send the request again, on a new connection and from the first step; most clients do so by "
    "themselves.";

/// Between two steps of NTLM or Negotiate.
std::string on_which_it_signed_in(const Origin& origin) {
    return " the connection to " + origin.authority() +
           " on which the client was signing in (NTLM or Negotiate), between two steps; on another "
           "one it cannot go on.";
}

Failure handshake_lost(const Origin& origin) {
    return Failure::of_upstream(
        FailureCode::response_incomplete, "The server closed" + on_which_it_signed_in(origin),
        kBeginAnew
    );
}

/// The same, with what ended this connection.
Failure handshake_lost(const Origin& origin, const UpstreamConnection& connection) {
    if (connection.is_of_revoked()) {
        return Failure::of_upstream(
            FailureCode::response_incomplete,
            "The server's certificate turned out to be revoked, which ended" +
                on_which_it_signed_in(origin),
            kBeginAnew
        );
    }
    if (connection.origin().standing.retired) {
        return Failure::of_proxy(
            FailureCode::response_incomplete,
            "A change of the profile or of its key material ended" + on_which_it_signed_in(origin),
            kBeginAnew
        );
    }
    return handshake_lost(origin);
}

/// What stays of an origin when it is retired: its destination, by the same profile.
std::string lasting_name(const Origin& origin) {
    return origin.authority() + " " + origin.rules->profile;
}

/// Whether it is a retired origin's, in the place of which this one has come.
bool is_before(const UpstreamConnection& connection, const Origin& origin) {
    const Origin& own = connection.origin();
    return own.standing.retired && lasting_name(own) == lasting_name(origin);
}

/// Whether it is the origin's, or serves in the place of one.
bool serves(const UpstreamConnection& connection, const Origin& origin) {
    return &connection.origin() == &origin || connection.origin().today == &origin;
}

/// Whether no exchange is to follow, whatever its age.
bool is_of_the_past(const UpstreamConnection& connection) {
    return connection.origin().standing.retired || connection.is_of_revoked();
}

}  // namespace

BoundConnections::~BoundConnections() {
    for (const auto& one : connections_) one->ends_by(metrics::ConnectionEnd::client);
}

void UpstreamLease::bind_to(BoundConnections& client) { owner_ = &client; }

bool UpstreamLease::is_bound_to(const BoundConnections& client) const { return owner_ == &client; }

Result<UpstreamLease> BoundConnections::take(const Origin& origin, bool goes_on) {
    auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
        return serves(*one, origin);
    });
    if (at == connections_.end()) {
        at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
            return is_before(*one, origin);
        });
    }
    if (at == connections_.end()) {
        if (lost_.empty() || lost_ != lasting_name(origin)) return UpstreamLease{};
        lost_.clear();
        if (goes_on) return handshake_lost(origin);
        return UpstreamLease{};
    }
    std::unique_ptr<UpstreamConnection> own =
        remove(static_cast<std::size_t>(at - connections_.begin()));
    const net::TimePoint now = own->descriptor().loop().now();
    ConnectionAge& age = own->age();
    if (serves(*own, origin) && own->may_serve_again(now)) {
        ++age.requests;
        age.signing_in = false;
        return UpstreamLease{*this, std::move(own), true};
    }
    if (age.signing_in && goes_on) return handshake_lost(origin, *own);
    return UpstreamLease{};
}

void BoundConnections::give_back(std::unique_ptr<UpstreamConnection> connection) {
    const net::TimePoint now = connection->descriptor().loop().now();
    connection->end_exchange(now);
    using metrics::ConnectionEnd;
    // Between two steps it is kept, so that the next one hears that it comes too late.
    if (!connection->age().signing_in) {
        if (connection->descriptor().peer_closed() ||
            connection->tls().flush() != net::IoStatus::ok) {
            return connection->ends_by(ConnectionEnd::server);
        }
        if (is_of_the_past(*connection)) return connection->ends_by(ConnectionEnd::retired);
    }
    if (!may_be_reused(connection->age(), connection->origin().rules->pool, now)) {
        return connection->ends_by(connection->end_by_age());
    }
    connection->become_idle(now, *this);
    connections_.push_back(std::move(connection));
    if (connections_.size() > kMost) remove(0)->ends_by(ConnectionEnd::surplus);
}

void BoundConnections::discard(const UpstreamConnection& connection) {
    const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& one) {
        return one.get() == &connection;
    });
    if (at == connections_.end()) return;
    // It leaves the list before it goes: its place may be somebody's at once.
    const auto removed = remove(static_cast<std::size_t>(at - connections_.begin()));
}

void BoundConnections::look_at_standing() {
    for (std::size_t i = connections_.size(); i-- > 0;) {
        UpstreamConnection& one = *connections_[i];
        if (!is_of_the_past(one)) {
            one.look_at_standing();
        } else if (!one.age().signing_in) {
            remove(i)->ends_by(metrics::ConnectionEnd::retired);
        }
    }
}

void BoundConnections::lose_handshake(const Origin& origin) { lost_ = lasting_name(origin); }

std::unique_ptr<UpstreamConnection> BoundConnections::remove(std::size_t index) {
    std::unique_ptr<UpstreamConnection> removed = std::move(connections_[index]);
    connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(index));
    return removed;
}

}  // namespace countersign::proxy::upstream
