#pragma once

#include <string_view>

#include "proxy/net/descriptor.hpp"
#include "proxy/net/io_status.hpp"

namespace countersign::proxy::net {

// Steps of plain input and output on a socket. None of them waits; each tells the descriptor what
// it learnt of its readiness.

/// ok with bytes > 0, closed, failed, or would_block_read.
IoResult read_from(Descriptor& socket, char* into, std::size_t room);
/// ok with 0 < bytes ≤ size, failed, or would_block_write.
IoResult write_to(Descriptor& socket, std::string_view bytes);

/// The socket's error, errno's number, which is taken from it; 0: none.
int pending_error(const Descriptor& socket);

/// Makes the coming close a reset: what was cut short must not look complete.
void reset_on_close(const Descriptor& socket);

}  // namespace countersign::proxy::net
