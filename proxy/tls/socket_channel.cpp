#include "proxy/tls/socket_channel.hpp"

#include "proxy/net/socket_io.hpp"

namespace countersign::proxy {

IoResult SocketChannel::receive(std::span<char> room) {
    if (!descriptor_.readable()) return {IoStatus::would_block_read, 0};
    return read_from(descriptor_, room.data(), room.size());
}

IoResult SocketChannel::send(std::string_view bytes) {
    if (!descriptor_.writable()) return {IoStatus::would_block_write, 0};
    return write_to(descriptor_, bytes);
}

bool SocketChannel::peer_closed() const { return descriptor_.peer_closed(); }

}  // namespace countersign::proxy
