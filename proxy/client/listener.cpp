#include "proxy/client/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "proxy/client/refused_client.hpp"
#include "proxy/client/session.hpp"
#include "proxy/log/log.hpp"
#include "proxy/net/socket_address.hpp"
#include "proxy/net/use_task.hpp"

namespace countersign::proxy::client {

namespace {

constexpr auto kRoomEvery = std::chrono::seconds{5};
constexpr auto kBackOff = std::chrono::milliseconds{100};

void set_no_delay(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool has_no_delay(int fd) {
    int on = 0;
    socklen_t size = sizeof on;
    return ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0 && on != 0;
}

/// Where the kernel does not say who it is, it is nobody that a profile could name.
void read_credentials(int fd, routing::Peer& peer) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    const bool known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0;
    peer.uid = known ? credentials.uid : routing::Peer::kNobody;
    peer.gid = known ? credentials.gid : routing::Peer::kNobody;
}

}  // namespace

Listener::Listener(
    Workspace& workspace, net::TaskGroup& sessions, net::UniqueFd fd, generation::ListenerId id
)
    : ws_{workspace},
      sessions_{sessions},
      descriptor_{std::make_unique<net::Descriptor>(
          workspace.loop, std::move(fd), net::Descriptor::Of::listener
      )},
      id_{id},
      pause_{workspace.loop.context()} {
    set_no_delay(descriptor_->fd());  // in vain where it is a unix socket
}

/// Linux gives a connection what its listener has; not to one that came before the listener had it,
/// through an inherited socket. Those come first.
void Listener::have_no_delay(int fd) {
    if (!inherits_no_delay_) inherits_no_delay_ = has_no_delay(fd);
    if (!*inherits_no_delay_) set_no_delay(fd);
}

/// False where nobody is waiting, or accepting fails; errno says which.
bool Listener::accept_one() {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* const from = reinterpret_cast<sockaddr*>(&storage);
    net::UniqueFd fd{::accept4(descriptor_->fd(), from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!fd) return false;
    const profiles::Listener* const rules = this->rules();
    if (rules == nullptr) return true;
    routing::Peer peer;
    peer.listener = id_;
    const auto address = net::ip_address_of(from);
    peer.is_unix = !address;
    if (peer.is_unix) {
        read_credentials(fd.get(), peer);
    } else {
        peer.address = *address;
        peer.port = net::port_of(from);
        have_no_delay(fd.get());
    }
    if (!peer.is_unix && !rules->allows(peer.address)) {
        refuse(std::move(fd), peer, routing::Peer::Admission::not_allowed);
    } else if (!ws_.budget.serves_client(fd.get())) {
        make_room();
        peer.limit = ws_.budget.limit();
        refuse(std::move(fd), peer, routing::Peer::Admission::no_descriptor);
    } else if (auto taken = ws_.permits.take(peer, limits_by(*rules)); taken.permit) {
        ++ws_.client_counts.accepted;
        sessions_.spawn(Session::serve(ws_, std::move(fd), peer, std::move(*taken.permit)));
    } else {
        peer.limit = taken.limit;
        refuse(std::move(fd), peer, taken.refusal);
    }
    return true;
}

ConnectionPermits::Limits Listener::limits_by(const profiles::Listener& rules) const {
    const profiles::Limits& limits = ws_.generation->configuration().limits;
    return {
        limits.client_connections, rules.client_connections, limits.client_connections_per_address};
}

void Listener::refuse(net::UniqueFd fd, routing::Peer& peer, routing::Peer::Admission why) {
    peer.admission = why;
    count_refused(why);
    const bool told =
        why != routing::Peer::Admission::no_descriptor || ws_.budget.tells_client(fd.get());
    if (told && ws_.refused.has_room(why)) {
        sessions_.spawn(RefusedClient::serve(ws_, std::move(fd), peer));
    }
}

void Listener::count_refused(routing::Peer::Admission why) {
    using Admission = routing::Peer::Admission;
    metrics::ClientCounts& counts = ws_.client_counts;
    switch (why) {
        case Admission::not_allowed:
            ++counts.not_allowed;
            break;
        case Admission::no_descriptor:
            ++counts.no_descriptor;
            break;
        case Admission::over_limit:
            ++counts.over_limit;
            break;
        case Admission::over_listener_limit:
            ++counts.over_listener_limit;
            break;
        case Admission::over_address_limit:
            ++counts.over_address_limit;
            break;
        case Admission::welcome:
            break;
    }
}

/// Connections that rest may be what is too much; not each time, or none would ever rest.
void Listener::make_room() {
    const net::TimePoint now = ws_.loop.now();
    if (now < next_room_) return;
    next_room_ = now + kRoomEvery;
    ws_.pool.close_oldest();
    log::warning(
        "listener '{}': new clients get a 503: only the reserve is left of the {} file descriptors "
        "that this process may have; raise the limit (LimitNOFILE=, --ulimit nofile=, ulimit -n)",
        name(), ws_.budget.limit()
    );
}

void Listener::close() {
    pause_.cancel();
    if (descriptor_) descriptor_->cancel();
}

/// As many as the pace says. 0, or errno of what ended it.
int Listener::accept_some() {
    const unsigned most = pace_.next();
    unsigned accepted = 0;
    int error = 0;
    while (error == 0 && accepted < most) {
        if (accept_one()) {
            ++accepted;
        } else {
            error = errno;
        }
    }
    pace_.note(accepted, error == EAGAIN);
    return error;
}

net::Task<void> Listener::run() {
    for (;;) {
        const net::Wait wait = co_await descriptor_->wait_readable(net::kNever);
        if (wait != net::Wait::ready) break;
        const int error = accept_some();
        descriptor_->drained();  // where more wait, that is told in the next round
        if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
            log::warning("listener '{}': {}; waiting a moment", name(), std::strerror(error));
            // They wait on, and would wake the worker without an end.
            descriptor_->listen(false);
            pause_.expires_after(kBackOff);
            auto its_end = pause_.async_wait(net::UseTask{ws_.loop});
            co_await its_end;
            descriptor_->listen(true);
        } else if (error != 0 && error != EAGAIN && error != ECONNABORTED && error != EINTR) {
            log::warning("listener '{}': accept: {}", name(), std::strerror(error));
        }
    }
    descriptor_.reset();
}

}  // namespace countersign::proxy::client
