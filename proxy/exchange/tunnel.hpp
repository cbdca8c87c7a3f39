#pragma once

#include <cstdint>
#include <optional>

#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/plain_duplex.hpp"
#include "proxy/net/task.hpp"

namespace countersign::proxy::exchange {

/// How a tunnel ended.
enum class TunnelEnd : std::uint8_t {
    closed,              ///< both sides have said that nothing more comes, and all was passed on
    client_gone,         ///< the client reset its connection
    upstream_gone,       ///< the server did
    upstream_truncated,  ///< the server closed it without TLS's close_notify
    idle,                ///< nothing passed for too long
    stopped,             ///< the proxy is stopping
};

/// Bytes between a client and a server, both ways at once, until both have ended. What one side
/// does, the other sees: its bytes in their order, the end of its sending (FIN, or close_notify in
/// TLS), its reset. A side that does not read holds the other back: each way has one buffer, and
/// none while it waits for bytes. A way that can go on costs one read and one write a buffer, and
/// gives others their turn. In the frame of the session's task, and outlived by both connections.
class Tunnel {
public:
    /// `idle`: how long both ways may be silent. After every end but `closed` the connections are
    /// to be reset, which is the caller's: neither side must take what it has for the whole.
    Tunnel(
        net::EventLoop& loop, net::BufferPool& buffers, net::Descriptor& client,
        net::DuplexStream& upstream, net::Clock::duration idle
    );

    /// Once. What is there already, and goes first: `up` from the client, `down` from the server;
    /// either may be empty.
    net::Task<TunnelEnd> run(net::Buffer up, net::Buffer down = {});

    std::uint64_t bytes_up() const { return up_.bytes; }      ///< to the server
    std::uint64_t bytes_down() const { return down_.bytes; }  ///< to the client

private:
    /// One direction.
    struct Way {
        net::DuplexStream& from;
        net::DuplexStream& to;
        std::uint64_t bytes = 0;
        net::Buffer held = {};
        // What the last step waits for at either end; ok: for nothing.
        net::IoStatus from_blocked = net::IoStatus::ok;
        net::IoStatus to_blocked = net::IoStatus::ok;
        bool ended = false;  ///< `from` has said that nothing more comes, and `to` was told
        bool lost = false;   ///< `to` does not take bytes any more

        bool over() const { return ended || lost; }
    };

    bool step(Way& way, Way& back);
    net::IoStatus write(Way& way, const Way& back);
    net::IoStatus read(Way& way);
    net::EitherWait wait();
    static net::Interest interest(const Way& reads, const Way& writes);
    void finish(Way& way, const Way& back);
    void lose(Way& way, const Way& back);
    void look_after_end(const Way& way);
    void end_with(const net::DuplexStream& gone);
    void end(TunnelEnd how);
    net::TimePoint deadline() const { return last_ + idle_; }

    net::EventLoop& loop_;
    net::BufferPool& buffers_;
    net::Descriptor& client_;
    net::PlainDuplex client_stream_;
    net::DuplexStream& upstream_;
    Way up_;
    Way down_;
    const net::Clock::duration idle_;
    net::TimePoint last_;  ///< when bytes passed
    std::optional<TunnelEnd> end_;
};

}  // namespace countersign::proxy::exchange
