#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

namespace countersign::proxy {

/// limits.client_connections, over all workers: one count, touched when a connection comes and when
/// it goes. A few more than the limit get a permit that says so, to be told why they are refused;
/// the rest gets none.
class ConnectionPermits {
public:
    explicit ConnectionPermits(std::uint32_t limit) : limit_{limit} {}
    ConnectionPermits(const ConnectionPermits&) = delete;
    ConnectionPermits& operator=(const ConnectionPermits&) = delete;

    /// The right to hold one client connection. Going out of scope gives it back. The permits
    /// outlive it.
    class Permit {
    public:
        Permit(Permit&& other) noexcept
            : permits_{std::exchange(other.permits_, nullptr)}, over_limit_{other.over_limit_} {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (permits_ != nullptr) permits_->taken_.fetch_sub(1, std::memory_order_relaxed);
        }
        /// The connection is to be told that there are too many, and closed.
        bool over_limit() const { return over_limit_; }

    private:
        friend class ConnectionPermits;
        Permit(ConnectionPermits& permits, bool over_limit)
            : permits_{&permits}, over_limit_{over_limit} {}

        ConnectionPermits* permits_;
        bool over_limit_;
    };

    std::optional<Permit> take() {
        const std::uint32_t before = taken_.fetch_add(1, std::memory_order_relaxed);
        Permit permit{*this, before >= limit_};
        if (before >= limit_ + kRefusals) return std::nullopt;
        return permit;
    }

private:
    static constexpr std::uint32_t kRefusals = 64;

    const std::uint32_t limit_;
    std::atomic<std::uint32_t> taken_{0};
};

}  // namespace countersign::proxy
