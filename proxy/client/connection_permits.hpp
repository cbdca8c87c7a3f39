#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

namespace countersign::proxy::client {

/// The client connections that are served, over all workers, as far as limits.client_connections:
/// one count, touched when a connection comes and when it goes.
class ConnectionPermits {
public:
    ConnectionPermits() = default;
    ConnectionPermits(const ConnectionPermits&) = delete;
    ConnectionPermits& operator=(const ConnectionPermits&) = delete;

    /// The right to hold one client connection. Going out of scope gives it back. The permits
    /// outlive it.
    class Permit {
    public:
        Permit(Permit&& other) noexcept : permits_{std::exchange(other.permits_, nullptr)} {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (permits_ != nullptr) permits_->taken_.fetch_sub(1, std::memory_order_relaxed);
        }

    private:
        friend class ConnectionPermits;
        explicit Permit(ConnectionPermits& permits) : permits_{&permits} {}

        ConnectionPermits* permits_;
    };

    /// Empty where `limit` is reached. Never counted beyond it, not for a moment: another worker
    /// would refuse a client that has a place.
    std::optional<Permit> take(std::uint32_t limit) {
        std::uint32_t taken = taken_.load(std::memory_order_relaxed);
        while (taken < limit) {
            if (taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) {
                return Permit{*this};
            }
        }
        return std::nullopt;
    }

private:
    std::atomic<std::uint32_t> taken_{0};
};

}  // namespace countersign::proxy::client
