#include "proxy/tls/socket_channel.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>

#include "proxy/net/descriptor.hpp"

namespace countersign::proxy {

namespace {

bool is_retry(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

IoResult SocketChannel::receive(std::span<char> room) {
    if (!descriptor_.readable()) return {IoStatus::would_block_read, 0};
    const auto bytes = ::recv(descriptor_.fd(), room.data(), room.size(), 0);
    if (bytes == 0) return {IoStatus::closed, 0};
    if (bytes < 0) {
        if (!is_retry(errno)) return {IoStatus::failed, 0};
        if (errno == EAGAIN) descriptor_.drained();
        return {IoStatus::would_block_read, 0};
    }
    const auto received = static_cast<std::size_t>(bytes);
    if (received < room.size()) descriptor_.drained();
    return {IoStatus::ok, received};
}

IoResult SocketChannel::send(std::string_view bytes) {
    if (!descriptor_.writable()) return {IoStatus::would_block_write, 0};
    const auto sent = ::send(descriptor_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
        if (!is_retry(errno)) return {IoStatus::failed, 0};
        if (errno == EAGAIN) descriptor_.filled();
        return {IoStatus::would_block_write, 0};
    }
    const auto taken = static_cast<std::size_t>(sent);
    if (taken < bytes.size()) descriptor_.filled();
    return {IoStatus::ok, taken};
}

bool SocketChannel::peer_closed() const { return descriptor_.peer_closed(); }

}  // namespace countersign::proxy
