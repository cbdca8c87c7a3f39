#include "proxy/net/plain_duplex.hpp"

#include <sys/socket.h>

#include "proxy/net/socket_io.hpp"

namespace countersign::proxy::net {

IoResult PlainDuplex::send(std::string_view bytes) {
    if (!socket_.writable()) return {IoStatus::would_block_write, 0};
    return write_to(socket_, bytes);
}

IoResult PlainDuplex::receive(std::span<char> room) {
    if (!socket_.readable()) return {IoStatus::would_block_read, 0};
    return read_from(socket_, room.data(), room.size());
}

void PlainDuplex::end_sending() { ::shutdown(socket_.fd(), SHUT_WR); }

void PlainDuplex::reset() { reset_on_close(socket_); }

bool PlainDuplex::take_reset() { return socket_.hung_up() && pending_error(socket_) != 0; }

}  // namespace countersign::proxy::net
