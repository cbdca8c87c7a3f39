#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "proxy/net/descriptor.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/net/task.hpp"

namespace countersign::proxy::net {

/// Bytes each way, on a plain socket or inside TLS: steps that never wait, and the descriptor to
/// wait at where one says would_block_*. One reader and one writer at a time, on the worker's
/// thread.
///   try_read   ok with bytes > 0; closed: the peer ended as the protocol says
///   try_write  ok with 0 < bytes ≤ size
///   has_input  whether a read may find something, or has something to find out or to do first
template <class Stream>
concept ByteStream =
    requires(Stream& stream, char* into, std::size_t room, std::string_view bytes) {
    { stream.try_read(into, room) } -> std::same_as<IoResult>;
    { stream.try_write(bytes) } -> std::same_as<IoResult>;
    { stream.has_input() } -> std::same_as<bool>;
    { stream.descriptor() } -> std::same_as<Descriptor&>;
};

/// Waits for what a step was `blocked` by: ok, timed_out or cancelled.
Task<IoStatus> wait_for(Descriptor& descriptor, IoStatus blocked, TimePoint deadline);

/// Reads once something is there. The stream outlives the task.
template <ByteStream Stream>
Task<IoResult> read_some(Stream& stream, char* into, std::size_t room, TimePoint deadline) {
    for (IoStatus blocked = IoStatus::would_block_read;;) {
        IoResult result{IoStatus::would_block_read, 0};
        // TLS may have to write before it reads on, and perhaps there is nothing to be read.
        const bool wants_output = blocked == IoStatus::would_block_write;
        if (wants_output || stream.has_input()) result = stream.try_read(into, room);
        if (!would_block(result.status)) co_return result;
        blocked = result.status;
        const IoStatus waited = co_await wait_for(stream.descriptor(), blocked, deadline);
        if (waited != IoStatus::ok) co_return IoResult{waited, 0};
    }
}

/// Writes all of it; `idle` is the limit for each wait. The stream and the bytes outlive the task.
template <ByteStream Stream>
Task<IoStatus> write_all(Stream& stream, std::string_view bytes, Clock::duration idle) {
    while (!bytes.empty()) {
        const IoResult result = stream.try_write(bytes);
        if (result.ok()) {
            bytes.remove_prefix(result.bytes);
            continue;
        }
        if (!would_block(result.status)) co_return result.status;
        const TimePoint deadline = stream.descriptor().loop().now() + idle;
        const IoStatus waited = co_await wait_for(stream.descriptor(), result.status, deadline);
        if (waited != IoStatus::ok) co_return waited;
    }
    co_return IoStatus::ok;
}

}  // namespace countersign::proxy::net
