#pragma once

#include <cstddef>
#include <vector>

#include "proxy/net/descriptor.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy::client {

/// The clients of one worker that get no session, while they are told why: who a listener's `allow`
/// does not have, and who comes when a limit of client connections is reached. They hold none of
/// those places; their own number is bounded, for each reason by itself: strangers do not keep a
/// client that may be here from hearing why it has to wait. On the worker's thread.
class RefusedClients {
public:
    /// Of one reason, at a time.
    static constexpr std::size_t kMost = 64;

    RefusedClients() = default;
    RefusedClients(const RefusedClients&) = delete;
    RefusedClients& operator=(const RefusedClients&) = delete;

    /// Whether one more may be told; otherwise its connection is closed without a word.
    bool has_room(routing::Peer::Admission reason) const;

    /// One of them, from its start to its end.
    class Stay {
    public:
        Stay(RefusedClients& all, routing::Peer::Admission reason, net::Descriptor& client);
        ~Stay();
        Stay(const Stay&) = delete;
        Stay& operator=(const Stay&) = delete;

    private:
        friend class RefusedClients;
        RefusedClients& all_;
        const routing::Peer::Admission reason_;
        net::Descriptor& client_;
    };

    /// Ends their waits: a drain.
    void drain();

private:
    std::vector<Stay*> stays_;
};

}  // namespace countersign::proxy::client
