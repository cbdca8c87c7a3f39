#include "proxy/exchange/tunnel.hpp"

#include <sys/socket.h>

#include <utility>

#include "proxy/net/socket_io.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy::exchange {

namespace {

/// Where both sides keep up, bytes would pass without a wait: others get their turn after a MiB or
/// so.
constexpr unsigned kStepsPerTurn = 32;

}  // namespace

Tunnel::Tunnel(
    net::EventLoop& loop, net::BufferPool& buffers, net::Descriptor& client,
    net::Descriptor& upstream, net::Clock::duration idle
)
    : loop_{loop},
      buffers_{buffers},
      up_{client, upstream},
      down_{upstream, client},
      idle_{idle},
      last_{loop.now()} {}

net::Task<TunnelEnd> Tunnel::run(net::Buffer first) {
    up_.held = std::move(first);
    for (unsigned steps = 1;; ++steps) {
        const bool up_moved = step(up_, down_);
        const bool down_moved = step(down_, up_);
        look_after_end(up_);
        look_after_end(down_);
        if (end_) co_return *end_;
        if (up_moved || down_moved) {
            if (steps % kStepsPerTurn != 0) continue;
            net::GiveTurn turn{loop_};
            co_await turn;
            if (loop_.cancelled()) end(TunnelEnd::stopped);
        } else {
            net::EitherWait wait_for_either = wait();
            const net::Wait woke = co_await wait_for_either;
            if (woke == net::Wait::cancelled) end(TunnelEnd::stopped);
            const bool late = woke == net::Wait::timed_out && deadline() <= loop_.now();
            if (late) end(TunnelEnd::idle);
        }
        if (end_) co_return *end_;
    }
}

/// Whether anything changed.
bool Tunnel::step(Way& way, Way& back) {
    if (way.over() || end_) return false;
    const net::IoStatus status = move(way);
    way.blocked = net::would_block(status) ? status : net::IoStatus::ok;
    if (status == net::IoStatus::would_block_read) way.held.release();
    if (net::would_block(status)) return false;
    if (status == net::IoStatus::closed) {
        finish(way, back);
    } else if (status != net::IoStatus::ok) {
        if (way.held.empty()) {
            end_with(way.from);
        } else {
            lose(way, back);
        }
    }
    return true;
}

/// Writes what is held, else reads: at most one system call.
net::IoStatus Tunnel::move(Way& way) {
    net::IoResult done;
    if (!way.held.empty()) {
        if (!way.to.writable()) return net::IoStatus::would_block_write;
        done = net::write_to(way.to, way.held.view());
        if (!done.ok()) return done.status;
        way.held.consume(done.bytes);
        way.bytes += done.bytes;
    } else {
        if (!way.from.readable()) return net::IoStatus::would_block_read;
        if (!way.held) way.held = buffers_.take();
        way.held.clear();
        done = net::read_from(way.from, way.held.tail(), way.held.room());
        if (!done.ok()) return done.status;
        way.held.commit(done.bytes);
    }
    last_ = loop_.now();
    return net::IoStatus::ok;
}

net::EitherWait Tunnel::wait() const {
    return net::EitherWait{
        up_.from, interest(up_, down_), up_.to, interest(down_, up_), deadline()};
}

/// In the side that one way reads and the other writes.
net::Interest Tunnel::interest(const Way& reads, const Way& writes) {
    return {
        .input = reads.blocked == net::IoStatus::would_block_read,
        .output = writes.blocked == net::IoStatus::would_block_write,
        // Nobody reads there any more, so nobody would see its reset while there is nothing to
        // write to it. A unix socket hangs up when it is closed, too: that is seen once.
        .hang_up = reads.ended && !reads.from.hung_up(),
    };
}

/// Nothing more comes from this side, and the other is told.
void Tunnel::finish(Way& way, const Way& back) {
    if (back.lost) return end_with(way.from);
    way.held.release();
    way.ended = true;
    ::shutdown(way.to.fd(), SHUT_WR);
    if (back.ended) end(TunnelEnd::closed);
}

/// The side that this way writes to is reset. What it has sent before is still there to be read by
/// the other way, whose end is that of the tunnel.
void Tunnel::lose(Way& way, const Way& back) {
    if (back.over()) return end_with(way.to);
    way.held.release();
    way.lost = true;
}

/// A side that has ended its sending may be reset since: only an error is a reset.
void Tunnel::look_after_end(const Way& way) {
    if (way.ended && !end_ && way.from.hung_up() && net::pending_error(way.from) != 0) {
        end_with(way.from);
    }
}

void Tunnel::end_with(const net::Descriptor& gone) {
    end(&gone == &up_.from ? TunnelEnd::client_gone : TunnelEnd::upstream_gone);
}

void Tunnel::end(TunnelEnd how) {
    if (!end_) end_ = how;
}

}  // namespace countersign::proxy::exchange
