#pragma once

#include <span>
#include <string_view>

#include "proxy/net/io_status.hpp"

namespace countersign::proxy {

/// What carries the records of a TLS connection: a socket, or a stream inside something else. Steps
/// that never wait.
class RecordChannel {
public:
    /// ok with bytes > 0; closed: nothing comes any more; failed: `errno` says why.
    virtual IoResult receive(std::span<char> room) = 0;
    /// ok with bytes > 0; failed: `errno` says why.
    virtual IoResult send(std::string_view bytes) = 0;
    /// Whether the other side has been seen to close, so that nobody hears what is sent.
    virtual bool peer_closed() const = 0;

protected:
    ~RecordChannel() = default;
};

}  // namespace countersign::proxy
