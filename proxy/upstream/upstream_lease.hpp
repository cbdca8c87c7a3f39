#pragma once

#include <memory>

#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy {

/// The right to use one upstream connection for one exchange. Going out of scope closes the
/// connection; only `std::move(lease).keep()` gives it back to the pool. Forgetting it costs a
/// handshake, never a mixed-up answer.
class UpstreamLease {
public:
    UpstreamLease() = default;
    UpstreamLease(UpstreamPool& pool, std::unique_ptr<UpstreamConnection> connection, bool reused);
    UpstreamLease(UpstreamLease&&) noexcept = default;
    UpstreamLease& operator=(UpstreamLease&&) noexcept = default;

    explicit operator bool() const { return connection_ != nullptr; }
    UpstreamConnection* operator->() const { return connection_.get(); }
    UpstreamConnection& operator*() const { return *connection_; }

    /// Whether an exchange was made on this connection before.
    bool reused() const { return reused_; }

    /// The exchange ended clean: the connection may serve another one.
    void keep() &&;

private:
    UpstreamPool* pool_ = nullptr;
    std::unique_ptr<UpstreamConnection> connection_;
    bool reused_ = false;
};

}  // namespace countersign::proxy
