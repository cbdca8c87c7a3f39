#pragma once

#include <span>
#include <string_view>

#include "proxy/net/io_status.hpp"

namespace countersign::proxy::tls {

/// What carries the records of a TLS connection: a socket, or a stream inside something else. Steps
/// that never wait: would_block_* says for what.
class RecordChannel {
public:
    /// ok with bytes > 0, would_block_*, closed or truncated (nothing comes any more), or failed
    /// with the reason in `errno`.
    virtual net::IoResult receive(std::span<char> room) = 0;
    /// ok with bytes > 0, would_block_*, or failed with the reason in `errno`.
    virtual net::IoResult send(std::string_view bytes) = 0;
    /// Whether the other side has been seen to close, so that nobody hears what is sent.
    virtual bool peer_closed() const = 0;

protected:
    ~RecordChannel() = default;
};

}  // namespace countersign::proxy::tls
