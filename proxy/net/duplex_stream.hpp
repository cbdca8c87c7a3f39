#pragma once

#include <span>
#include <string_view>

#include "proxy/net/either_wait.hpp"
#include "proxy/net/io_status.hpp"

namespace countersign::proxy::net {

/// Bytes to a peer and from it, whatever carries them. Steps that never wait; where one says
/// would_block_*, wait and take it again.
class DuplexStream {
public:
    virtual ~DuplexStream() = default;

    /// ok with 0 < bytes ≤ size.
    virtual IoResult send(std::string_view bytes) = 0;
    /// ok with bytes > 0. closed: the peer has ended what it sends, as the protocol says;
    /// truncated: without a word; refused: with one.
    virtual IoResult receive(std::span<char> room) = 0;
    /// Whether `receive` may find something, or has something to find out or to do first.
    virtual bool has_input() const = 0;
    /// Whether a part of what was sent has not left yet, for want of room: to be waited for, too.
    virtual bool is_blocked() const = 0;
    virtual void flush() = 0;
    /// Whether a handshake is under way that the peer has asked for: reading takes it on.
    virtual bool shakes_hands() const = 0;
    /// Says that nothing more is sent. What the peer sends goes on; nothing is sent after it.
    virtual void end_sending() = 0;
    /// Makes the coming close a reset: what was cut short must not look complete.
    virtual void reset() = 0;
    /// Whether the connection is gone in both directions; and whether that was by a reset, which
    /// is told once.
    virtual bool hung_up() const = 0;
    virtual bool take_reset() = 0;
    /// For a wait that may be long: memory that holds nothing is given back.
    virtual void rest() = 0;
    /// One task waits for the stream and for another connection.
    virtual EitherWait wait_with(
        Descriptor& other, Interest in_other, Interest in_this, TimePoint deadline
    ) = 0;
};

}  // namespace countersign::proxy::net
