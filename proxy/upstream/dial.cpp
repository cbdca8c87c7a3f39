#include "proxy/upstream/dial.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace countersign::proxy {

namespace {

socklen_t fill(sockaddr_storage& storage, const profiles::IpAddress& address, std::uint16_t port) {
    if (address.is_v4()) {
        auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        std::memcpy(&v4->sin_addr, address.bytes().data(), sizeof v4->sin_addr);
        return sizeof *v4;
    }
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::memcpy(&v6->sin6_addr, address.bytes().data(), sizeof v6->sin6_addr);
    return sizeof *v6;
}

int pending_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

Task<DialResult> dial(
    Reactor& reactor, profiles::IpAddress address, std::uint16_t port, TimePoint deadline
) {
    sockaddr_storage storage{};
    const socklen_t size = fill(storage, address, port);
    const int fd = ::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) co_return DialResult{nullptr, errno};
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int started = ::connect(fd, reinterpret_cast<const sockaddr*>(&storage), size);
    const int error = started == 0 ? 0 : errno;
    // Watched only now: a socket that has not begun to connect reports a hang-up.
    auto socket = std::make_unique<Descriptor>(reactor, fd);
    if (error == 0) co_return DialResult{std::move(socket), 0};
    if (error != EINPROGRESS) co_return DialResult{nullptr, error};
    const Wait wait = co_await socket->wait_writable(deadline);
    if (wait == Wait::timed_out) co_return DialResult{nullptr, ETIMEDOUT};
    if (wait == Wait::cancelled) co_return DialResult{nullptr, ECANCELED};
    if (socket->peer_closed()) {
        if (const int failed = pending_error(fd); failed != 0) {
            co_return DialResult{nullptr, failed};
        }
    }
    co_return DialResult{std::move(socket), 0};
}

}  // namespace countersign::proxy
