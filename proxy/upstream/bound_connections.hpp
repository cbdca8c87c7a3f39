#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "proxy/failure.hpp"
#include "proxy/upstream/connection_owner.hpp"
#include "proxy/upstream/upstream_lease.hpp"

namespace countersign::proxy::upstream {

/// The upstream connections that belong to one client connection. Servers that speak NTLM or
/// Negotiate authenticate a connection, not a request: whatever else is sent on it is taken for the
/// same user's. So a lease that was bound here (`UpstreamLease::bind_to`) comes back to here and is
/// never anyone else's; held by the session, they are closed with it. They keep their places in the
/// pool's limit. On the worker's thread.
class BoundConnections final : private ConnectionOwner {
public:
    /// To so many destinations one client may be signed in at a time; beyond, the one that was used
    /// longest ago is closed.
    static constexpr std::size_t kMost = 8;

    BoundConnections() = default;
    ~BoundConnections();
    BoundConnections(const BoundConnections&) = delete;
    BoundConnections& operator=(const BoundConnections&) = delete;

    /// Whether `take` can have anything to give, or to say.
    bool empty() const { return connections_.empty() && lost_.empty(); }
    std::size_t size() const { return connections_.size(); }

    /// The client's own connection to `origin`, or one that serves in its place, still silent and
    /// open. Empty: there is none, or no more, and the request begins anew wherever it can.
    /// Failure: the server has closed it between two steps of a handshake, or its origin was
    /// retired, or its certificate revoked, and the request (`goes_on`: it authenticates) would
    /// take the next one, for which no other connection will do.
    Result<UpstreamLease> take(const Origin& origin, bool goes_on);

    /// The standing of origins has changed, or a certificate has turned out to be revoked:
    /// connections of what is retired or revoked end, but between two steps of a handshake, and the
    /// others keep to theirs.
    void look_at_standing();

    /// The server has made a step of a handshake on a connection that cannot be kept: `take` is to
    /// say so once.
    void lose_handshake(const Origin& origin);

private:
    friend class UpstreamLease;
    void give_back(std::unique_ptr<UpstreamConnection> connection) override;
    void discard(const UpstreamConnection& connection) override;
    std::unique_ptr<UpstreamConnection> remove(std::size_t index);

    std::vector<std::unique_ptr<UpstreamConnection>> connections_;  // used longest ago first
    /// Destination and profile of a handshake that is lost; empty: none.
    std::string lost_;
};

}  // namespace countersign::proxy::upstream
