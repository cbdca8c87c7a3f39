#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "proxy/generation/listener_id.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy::client {

/// The client connections that are served, over all workers: together, by listener and by client,
/// as far as it is known before a request (`routing::PeerKey`), so that a reload finds all of them
/// counted whatever it limits. Touched when a connection comes and when it goes. It has an entry
/// for each client that is connected: as many as limits.client_connections at most. From any
/// thread.
class ConnectionPermits {
public:
    /// How many there may be. 0: any number, but for `all`.
    struct Limits {
        std::uint32_t all = 0;
        std::uint32_t of_listener = 0;
        std::uint32_t of_client = 0;
    };

    ConnectionPermits() = default;
    ConnectionPermits(const ConnectionPermits&) = delete;
    ConnectionPermits& operator=(const ConnectionPermits&) = delete;

    /// The right to hold one client connection. Going out of scope gives it back. The permits
    /// outlive it.
    class Permit {
    public:
        Permit(Permit&& other) noexcept
            : permits_{std::exchange(other.permits_, nullptr)},
              listener_{other.listener_},
              client_{other.client_} {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (permits_ != nullptr) permits_->give_back(*this);
        }

    private:
        friend class ConnectionPermits;
        Permit(ConnectionPermits& permits, generation::ListenerId listener, routing::PeerKey client)
            : permits_{&permits}, listener_{listener}, client_{client} {}

        ConnectionPermits* permits_;
        generation::ListenerId listener_;
        routing::PeerKey client_;
    };

    /// A permit, or which limit is reached: that of the client before that of its listener before
    /// that of all, so that who is refused hears of the narrowest. Never counted beyond one, not
    /// for a moment: another worker would refuse a client that has a place.
    struct Taken {
        std::optional<Permit> permit;
        routing::Peer::Admission refusal = routing::Peer::Admission::welcome;
        std::uint32_t limit = 0;  ///< the one that is reached
    };
    Taken take(const routing::Peer& peer, const Limits& limits);

private:
    struct KeyHash {
        std::size_t operator()(const routing::PeerKey& key) const {
            return static_cast<std::size_t>(key.mixed());
        }
    };

    void give_back(const Permit& permit);

    std::mutex mutex_;
    std::uint32_t all_ = 0;
    std::unordered_map<generation::ListenerId, std::uint32_t> of_listeners_;
    std::unordered_map<routing::PeerKey, std::uint32_t, KeyHash> of_clients_;
};

}  // namespace countersign::proxy::client
