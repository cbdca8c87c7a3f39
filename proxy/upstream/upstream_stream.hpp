#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "certs/identity.hpp"
#include "proxy/failure.hpp"
#include "proxy/net/duplex_stream.hpp"
#include "proxy/upstream/upload_place.hpp"

namespace countersign::proxy::upstream {

/// One exchange's way to its server: its request goes in and its response comes out, in a head and
/// a body each, as HTTP/1.1 writes them, whatever the server is spoken to in. The steps never wait,
/// and say what those of a `duplex_stream` do. What it has of one is for the waits, and for what
/// follows on a 101. All that an exchange knows of its server's connection.
class UpstreamStream : public net::DuplexStream {
public:
    /// The first `head` bytes of `text` are the request's head, or what is left of it; behind it
    /// stands its body, as far as it is here, so that both can leave in one write. What is not
    /// taken comes again: of the head by this step, of the body by the next.
    virtual net::IoResult send_head(std::string_view text, std::size_t head) = 0;
    virtual net::IoResult send_body(std::string_view bytes) = 0;
    /// Until the head of the final response is whole: heads. What comes behind them may come along.
    virtual net::IoResult read_head(std::span<char> room) = 0;
    virtual net::IoResult read_body(std::span<char> room) = 0;

    /// What a complete exchange left of the connection, as HTTP has it.
    enum class Aftermath : std::uint8_t {
        open,    ///< it may be used again
        closes,  ///< the server has said that it ends it
        unclean  ///< it may not: a part of the request is still on its way, or something else
    };
    /// Once, after a complete exchange: whether another one may be made where this was made.
    virtual bool finish(Aftermath aftermath) = 0;

    /// The request's body is still coming from the client, and is waited for with this connection,
    /// until the request is out or the exchange has ended.
    virtual void begin_upload(UploadPlace place) = 0;
    virtual void end_upload() = 0;
    /// Whether exchanges wait for a connection such as this one, and will get none soon.
    virtual bool others_wait() const = 0;

    // What is told of it.

    /// "host:port".
    virtual std::string authority() const = 0;
    /// After `refused`: why.
    virtual Failure refusal() = 0;
    struct End {
        std::string text;         ///< what the system, or OpenSSL, said of it; empty: nothing
        bool unreadable = false;  ///< this side had to end it: nobody can read what came
    };
    /// After any other end.
    virtual End end() = 0;
    struct Facts {
        std::string_view address;  ///< "192.0.2.1:443"
        std::string_view tls_version;
        bool resumed = false;                ///< its handshake was a short one
        bool certificate_requested = false;  ///< the server asked for one in the full handshake
        bool identity_sent = false;          ///< and got it
        bool limits_signatures = false;      ///< the profile does (tls.signature_algorithms)
        const certs::Identity* identity = nullptr;  ///< that it has to offer; null: none
        std::span<const std::string> issuers = {};  ///< that it named then, the first of them
        std::size_t issuers_named = 0;              ///< how many; none: it takes those of any
        /// Where it has asked for another handshake since the exchange began, in vain: what to do.
        std::string_view renegotiation_cure = {};
    };
    virtual Facts facts() const = 0;
    /// How its connection came about, where this is the first exchange on it; else null.
    virtual std::shared_ptr<const Account> account() const { return nullptr; }
};

}  // namespace countersign::proxy::upstream
