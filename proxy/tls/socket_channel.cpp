#include "proxy/tls/socket_channel.hpp"

#include "proxy/net/socket_io.hpp"

namespace countersign::proxy::tls {

net::IoResult SocketChannel::receive(std::span<char> room) {
    if (!descriptor_.readable()) return {net::IoStatus::would_block_read, 0};
    return net::read_from(descriptor_, room.data(), room.size());
}

net::IoResult SocketChannel::send(std::string_view bytes) {
    if (!descriptor_.writable()) return {net::IoStatus::would_block_write, 0};
    return net::write_to(descriptor_, bytes);
}

bool SocketChannel::peer_closed() const { return descriptor_.peer_closed(); }

}  // namespace countersign::proxy::tls
