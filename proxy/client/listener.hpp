#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "profiles/configuration.hpp"
#include "proxy/client/accept_pace.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/task_group.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy::client {

/// Accepts the connections of one listener on one worker: who may connect gets a permit and a
/// session; who may not, or comes when the limit is reached, is told so and closed (RefusedClient).
/// Backs off when descriptors run out.
class Listener {
public:
    /// `fd`: a listening socket. The others outlive it.
    Listener(
        Workspace& workspace, net::TaskGroup& sessions, net::UniqueFd fd, generation::ListenerId id
    );

    net::Task<void> run();
    /// Takes no more connections: run() ends.
    void close();
    bool closed() const { return descriptor_ == nullptr; }
    generation::ListenerId id() const { return id_; }

private:
    /// As the workspace's generation has them; null: it has the listener no more.
    const profiles::Listener* rules() const { return ws_.generation->find_listener(id_); }
    std::string_view name() const {
        return rules() != nullptr ? std::string_view{rules()->name} : std::string_view{};
    }
    int accept_some();
    bool accept_one();
    void have_no_delay(int fd);
    ConnectionPermits::Limits limits_by(const profiles::Listener& rules) const;
    void refuse(net::UniqueFd fd, routing::Peer& peer, routing::Peer::Admission why);
    void count_refused(routing::Peer::Admission why);
    void make_room();

    Workspace& ws_;
    net::TaskGroup& sessions_;
    std::unique_ptr<net::Descriptor> descriptor_;  // null when it has ended: the port is free again
    const generation::ListenerId id_;
    boost::asio::steady_timer pause_;
    AcceptPace pace_;
    /// Whether a connection has TCP_NODELAY from its listener; unknown before the first.
    std::optional<bool> inherits_no_delay_;
    /// When idle upstream connections may be closed for a client's sake.
    net::TimePoint next_room_{};
};

}  // namespace countersign::proxy::client
