#pragma once

#include <string_view>
#include <utility>

#include "proxy/net/byte_stream.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/net/socket_io.hpp"
#include "proxy/net/task.hpp"

namespace countersign::proxy::net {

/// A client's connection: a ByteStream of plain bytes on a socket.
class PlainStream {
public:
    PlainStream(EventLoop& loop, UniqueFd fd) : descriptor_{loop, std::move(fd)} {}

    Descriptor& descriptor() { return descriptor_; }
    bool has_input() const { return descriptor_.readable(); }

    /// ok with bytes > 0, closed, failed, or would_block_read.
    IoResult try_read(char* into, std::size_t room) { return read_from(descriptor_, into, room); }
    /// ok with 0 < bytes ≤ size, failed, or would_block_write.
    IoResult try_write(std::string_view bytes) { return write_to(descriptor_, bytes); }

    /// Says that nothing more comes, and keeps reading until the client has closed too or
    /// `deadline`: a close right after an answer, with input unread, would be a reset that can
    /// destroy the answer on its way.
    Task<void> linger(TimePoint deadline);

private:
    Descriptor descriptor_;
};

static_assert(ByteStream<PlainStream>);

}  // namespace countersign::proxy::net
