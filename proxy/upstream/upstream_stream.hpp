#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "certs/identity.hpp"
#include "proxy/failure.hpp"
#include "proxy/net/either_wait.hpp"
#include "proxy/net/io_status.hpp"

namespace countersign::proxy::upstream {

/// One exchange's way to its server: its request goes in and its response comes out, heads and
/// bodies as HTTP/1.1 writes them, whatever the server is spoken to in. Steps that never wait;
/// where one says would_block_*, wait and take it again. All that an exchange knows of its server's
/// connection.
class UpstreamStream {
public:
    virtual ~UpstreamStream() = default;

    /// The request from its beginning; what is sent first has the whole head at its front, and the
    /// body as far as it is there, so that both leave in one write. ok with 0 < bytes ≤ size.
    virtual net::IoResult send(std::string_view request) = 0;
    /// The response from its beginning. closed: the server has ended it as the protocol says;
    /// truncated: without a word; refused: with one.
    virtual net::IoResult receive(std::span<char> room) = 0;
    /// Whether `receive` may find something, or has something to find out or to do first.
    virtual bool has_input() const = 0;
    /// Whether a part of what was sent has not left yet, for want of room: to be waited for, too.
    virtual bool is_blocked() const = 0;
    virtual void flush() = 0;
    /// Whether a handshake is under way that the server has asked for: reading takes it on.
    virtual bool shakes_hands() const = 0;
    /// One task waits for the stream and for a client's connection.
    virtual net::EitherWait wait_with(
        net::Descriptor& client, net::Interest in_client, net::Interest in_this,
        net::TimePoint deadline
    ) = 0;
    /// For a wait that may be long: memory that holds nothing is given back.
    virtual void rest() = 0;

    /// What a complete exchange left of the connection, as HTTP has it.
    enum class Aftermath : std::uint8_t {
        open,    ///< it may be used again
        closes,  ///< the server has said that it ends it
        unclean  ///< it may not: a part of the request is still on its way, or something else
    };
    /// Once, after a complete exchange: whether another one may be made where this was made.
    virtual bool finish(Aftermath aftermath) = 0;

    // What is told of it.

    /// "host:port".
    virtual std::string authority() const = 0;
    /// After `refused`: why.
    virtual Failure refusal() = 0;
    /// After any other end: what the system said of it, empty where it said nothing.
    virtual std::string end_text() = 0;
    struct Facts {
        std::string_view address;  ///< "192.0.2.1:443"
        std::string_view tls_version;
        bool resumed = false;                ///< its handshake was a short one
        bool certificate_requested = false;  ///< the server asked for one in the full handshake
        bool identity_sent = false;          ///< and got it
        const certs::Identity* identity = nullptr;  ///< that it has to offer; null: none
        std::span<const std::string> issuers = {};  ///< that it named then, the first of them
        std::size_t issuers_named = 0;              ///< how many; none: it takes those of any
        /// Where it has asked for another handshake since the exchange began, in vain: what to do.
        std::string_view renegotiation_cure = {};
    };
    virtual Facts facts() const = 0;
};

}  // namespace countersign::proxy::upstream
