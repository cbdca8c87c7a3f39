#include "proxy/net/socket_io.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace countersign::proxy::net {

IoResult read_from(Descriptor& socket, char* into, std::size_t room) {
    const ssize_t bytes = ::recv(socket.fd(), into, room, 0);
    if (bytes > 0) {
        if (static_cast<std::size_t>(bytes) < room) socket.drained();
        return {IoStatus::ok, static_cast<std::size_t>(bytes)};
    }
    if (bytes == 0) return {IoStatus::closed, 0};
    if (errno == EINTR) return {IoStatus::would_block_read, 0};
    if (errno != EAGAIN) return {IoStatus::failed, 0};
    socket.drained();
    return {IoStatus::would_block_read, 0};
}

IoResult write_to(Descriptor& socket, std::string_view bytes) {
    const ssize_t written = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written >= 0) {
        if (static_cast<std::size_t>(written) < bytes.size()) socket.filled();
        return {IoStatus::ok, static_cast<std::size_t>(written)};
    }
    if (errno == EINTR) return {IoStatus::would_block_write, 0};
    if (errno != EAGAIN) return {IoStatus::failed, 0};
    socket.filled();
    return {IoStatus::would_block_write, 0};
}

int pending_error(const Descriptor& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

void reset_on_close(const Descriptor& socket) {
    const struct linger option { 1, 0 };
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_LINGER, &option, sizeof option);
}

}  // namespace countersign::proxy::net
