#pragma once

#include <cstddef>
#include <cstdint>

namespace countersign::proxy::net {

/// How one step of input or output ended, on a plain socket or inside TLS.
enum class IoStatus : std::uint8_t {
    ok,
    would_block_read,   ///< wait until the socket is readable, then try again
    would_block_write,  ///< wait until it is writable (a TLS read may ask for this too)
    closed,             ///< the peer ended the stream as the protocol says
    truncated,          ///< the peer closed without saying so in TLS (no close_notify)
    failed,             ///< reset, or a TLS failure: the stream knows more
    refused,            ///< after the handshake the peer said in a TLS alert why it ends
    timed_out,
    cancelled,
};

inline bool would_block(IoStatus status) {
    return status == IoStatus::would_block_read || status == IoStatus::would_block_write;
}

/// Bytes that were moved, where the status is ok.
struct IoResult {
    IoStatus status = IoStatus::ok;
    std::size_t bytes = 0;

    bool ok() const { return status == IoStatus::ok; }
};

}  // namespace countersign::proxy::net
