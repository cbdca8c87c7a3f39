#include "proxy/exchange/tunnel.hpp"

#include <utility>

#include "proxy/net/turn.hpp"

namespace countersign::proxy::exchange {

namespace {

/// Where both sides keep up, bytes would pass without a wait: others get their turn after a MiB or
/// so.
constexpr unsigned kStepsPerTurn = 32;

net::IoStatus blocked_by(net::IoStatus status) {
    return net::would_block(status) ? status : net::IoStatus::ok;
}

}  // namespace

Tunnel::Tunnel(
    net::EventLoop& loop, net::BufferPool& buffers, net::Descriptor& client,
    net::DuplexStream& upstream, net::Clock::duration idle
)
    : loop_{loop},
      buffers_{buffers},
      client_{client},
      client_stream_{client},
      upstream_{upstream},
      up_{client_stream_, upstream},
      down_{upstream, client_stream_},
      idle_{idle},
      last_{loop.now()} {}

net::Task<TunnelEnd> Tunnel::run(net::Buffer up, net::Buffer down) {
    up_.held = std::move(up);
    down_.held = std::move(down);
    for (unsigned steps = 1;; ++steps) {
        // What TLS has to say beside the bytes.
        if (upstream_.is_blocked() && up_.held.empty()) upstream_.flush();
        const bool up_moved = step(up_, down_);
        const bool down_moved = step(down_, up_);
        look_after_end(up_);
        look_after_end(down_);
        if (end_) co_return *end_;
        bool gives_turn = steps % kStepsPerTurn == 0;
        if (!up_moved && !down_moved) {
            net::EitherWait wait_for_either = wait();
            const net::Wait woke = co_await wait_for_either;
            if (woke == net::Wait::cancelled) end(TunnelEnd::stopped);
            const bool late = woke == net::Wait::timed_out && deadline() <= loop_.now();
            if (late) end(TunnelEnd::idle);
            // A server that says what is no text as fast as it is heard: nothing to wait for, and
            // no progress.
            gives_turn = !wait_for_either.suspended();
        }
        if (!end_ && gives_turn) {
            net::GiveTurn turn{loop_};
            co_await turn;
            if (loop_.cancelled()) end(TunnelEnd::stopped);
        }
        if (end_) co_return *end_;
    }
}

/// Writes what is held, else reads. Whether anything changed.
bool Tunnel::step(Way& way, Way& back) {
    if (way.over() || end_) return false;
    const bool writes = !way.held.empty();
    const net::IoStatus status = writes ? write(way, back) : read(way);
    if (net::would_block(status)) return false;
    if (status == net::IoStatus::ok) {
        last_ = loop_.now();
    } else if (writes) {
        lose(way, back);
    } else if (status == net::IoStatus::closed) {
        finish(way, back);
    } else if (status == net::IoStatus::truncated) {
        end(TunnelEnd::upstream_truncated);
    } else {
        end_with(way.from);
    }
    return true;
}

net::IoStatus Tunnel::write(Way& way, const Way& back) {
    // A handshake that the server has asked for comes first, and reading takes it on.
    if (way.to.shakes_hands() && !back.over()) {
        way.to_blocked = net::IoStatus::would_block_read;
        return way.to_blocked;
    }
    const net::IoResult done = way.to.send(way.held.view());
    way.to_blocked = blocked_by(done.status);
    if (done.ok()) {
        way.held.consume(done.bytes);
        way.bytes += done.bytes;
    }
    return done.status;
}

net::IoStatus Tunnel::read(Way& way) {
    // TLS may have to write before it reads on, and perhaps there is nothing to be read.
    const bool wants_output = way.from_blocked == net::IoStatus::would_block_write;
    net::IoResult done{net::IoStatus::would_block_read, 0};
    if (wants_output || way.from.has_input()) {
        if (!way.held) way.held = buffers_.take();
        way.held.clear();
        done = way.from.receive({way.held.tail(), way.held.room()});
        if (done.ok()) way.held.commit(done.bytes);
    }
    way.from_blocked = blocked_by(done.status);
    if (!done.ok()) way.held.release();
    return done.status;
}

net::EitherWait Tunnel::wait() {
    if (!up_.held && !down_.held) upstream_.rest();
    return upstream_.wait_with(client_, interest(up_, down_), interest(down_, up_), deadline());
}

/// In the side that one way reads and the other writes.
net::Interest Tunnel::interest(const Way& reads, const Way& writes) {
    const auto wants = [&](net::IoStatus what) {
        return (!reads.over() && reads.from_blocked == what) ||
               (!writes.over() && writes.to_blocked == what);
    };
    return {
        .input = wants(net::IoStatus::would_block_read),
        .output = wants(net::IoStatus::would_block_write) || reads.from.is_blocked(),
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
    way.to.end_sending();
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
    if (way.ended && !end_ && way.from.take_reset()) end_with(way.from);
}

void Tunnel::end_with(const net::DuplexStream& gone) {
    end(&gone == &client_stream_ ? TunnelEnd::client_gone : TunnelEnd::upstream_gone);
}

void Tunnel::end(TunnelEnd how) {
    if (!end_) end_ = how;
}

}  // namespace countersign::proxy::exchange
