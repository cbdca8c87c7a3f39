#pragma once

#include <memory>
#include <utility>

#include "proxy/upstream/connection_owner.hpp"
#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {

class BoundConnections;

/// The right to use one upstream connection for one exchange. Going out of scope closes the
/// connection; only `std::move(lease).keep()` gives it back to its owner: the pool, or the client
/// that it was bound to. Forgetting it costs a handshake, never a mixed-up answer.
class UpstreamLease {
public:
    UpstreamLease() = default;
    UpstreamLease(
        ConnectionOwner& owner, std::unique_ptr<UpstreamConnection> connection, bool reused
    )
        : owner_{&owner}, connection_{std::move(connection)}, reused_{reused} {}
    UpstreamLease(UpstreamLease&&) noexcept = default;
    UpstreamLease& operator=(UpstreamLease&&) noexcept = default;

    explicit operator bool() const { return connection_ != nullptr; }

    /// All that an exchange has of it: the connection itself is nobody's outside of upstream/.
    UpstreamStream& stream() const { return connection_->stream(); }
    /// Whose connection it is: `today`'s, or that of the identity before a renewal.
    Origin& origin() const { return connection_->origin(); }
    /// Between two steps of NTLM or Negotiate: no age ends it there.
    void note_signing_in(bool signing_in) { connection_->age().signing_in = signing_in; }

    /// Whether this connection has rested before, be it that it was opened for another exchange:
    /// the server may have closed it just now.
    bool reused() const { return reused_; }

    /// From now on the connection is that client's, and nobody else's: there is no way back.
    void bind_to(BoundConnections& client);
    bool is_bound_to(const BoundConnections& client) const;

    /// The exchange ended clean: the connection may serve another one.
    void keep() && { owner_->give_back(std::move(connection_)); }

private:
    friend struct LeasedConnection;  // of the tests

    ConnectionOwner* owner_ = nullptr;
    std::unique_ptr<UpstreamConnection> connection_;
    bool reused_ = false;
};

}  // namespace countersign::proxy::upstream
