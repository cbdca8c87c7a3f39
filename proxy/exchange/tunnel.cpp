#include "proxy/exchange/tunnel.hpp"

#include <sys/socket.h>

#include <exception>
#include <utility>

#include "proxy/net/socket_io.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy {

namespace {

/// Where both sides keep up, bytes would pass without a wait: others get their turn after a MiB or
/// so.
constexpr unsigned kStepsPerTurn = 32;

}  // namespace

std::string_view error_of(TunnelEnd end) {
    switch (end) {
        case TunnelEnd::closed:
        case TunnelEnd::client_gone:
            return {};
        case TunnelEnd::upstream_gone:
            return "connection_terminated";
        case TunnelEnd::idle:
            return "connection_read_timeout";
        case TunnelEnd::stopped:
            return "proxy_internal_response";
    }
    return {};
}

Tunnel::Tunnel(
    EventLoop& loop, BufferPool& buffers, Descriptor& client, Descriptor& upstream,
    Clock::duration idle
)
    : loop_{loop},
      buffers_{buffers},
      up_{client, upstream},
      down_{upstream, client},
      idle_{idle},
      last_{loop.now()} {}

Tunnel::~Tunnel() {
    up_.from.cancel_on_hang_up(nullptr);
    up_.to.cancel_on_hang_up(nullptr);
}

Task<TunnelEnd> Tunnel::run(Buffer first) {
    Task<void> up = carry(up_, std::move(first));
    Task<void> down = carry(down_, Buffer{});
    up.start();
    down.start();
    // Each ends the other where it fails, so that neither is waited for in vain.
    std::exception_ptr error;
    try {
        co_await up;
    } catch (...) {
        error = std::current_exception();
    }
    co_await down;
    if (error) std::rethrow_exception(error);
    co_return end_;
}

Task<void> Tunnel::carry(Way& way, Buffer held) {
    try {
        co_await pass(way, std::move(held));
    } catch (...) {
        stop(TunnelEnd::stopped);
        throw;
    }
}

Task<void> Tunnel::pass(Way& way, Buffer held) {
    unsigned steps = 0;
    while (!stopping_ && !way.ended) {
        const IoStatus status = step(way, held);
        if (status == IoStatus::ok) {
            if (++steps % kStepsPerTurn != 0) continue;
            GiveTurn turn{loop_};
            co_await turn;
            if (loop_.cancelled()) stop(TunnelEnd::stopped);
        } else if (status == IoStatus::would_block_write) {
            const Wait wait = co_await way.to.wait_writable(deadline());
            if (is_over(wait)) co_return;
        } else if (status == IoStatus::would_block_read) {
            held.release();
            const Wait wait = co_await way.from.wait_readable(deadline());
            if (is_over(wait)) co_return;
        } else if (status == IoStatus::closed) {
            finish(way);
        } else {
            lose(held.empty() ? way.from : way.to, way);
            co_return;
        }
    }
}

/// Writes what is held, else reads: at most one system call.
IoStatus Tunnel::step(Way& way, Buffer& held) {
    IoResult done;
    if (!held.empty()) {
        if (!way.to.writable()) return IoStatus::would_block_write;
        done = write_to(way.to, held.view());
        if (!done.ok()) return done.status;
        held.consume(done.bytes);
        way.bytes += done.bytes;
    } else {
        if (!way.from.readable()) return IoStatus::would_block_read;
        if (!held) held = buffers_.take();
        held.clear();
        done = read_from(way.from, held.tail(), held.room());
        if (!done.ok()) return done.status;
        held.commit(done.bytes);
    }
    last_ = loop_.now();
    return IoStatus::ok;
}

/// After a wait: whether the tunnel has come to its end meanwhile.
bool Tunnel::is_over(Wait wait) {
    if (stopping_) return true;
    if (wait == Wait::ready) return false;
    if (wait == Wait::timed_out) {
        // The other way may have had bytes since this wait began.
        if (deadline() > loop_.now()) return false;
        stop(TunnelEnd::idle);
    } else if (loop_.cancelled()) {
        stop(TunnelEnd::stopped);
    } else {
        // By finish(): the side that had ended its sending has hung up since.
        const Way& ended = up_.ended ? up_ : down_;
        ended.to.allow_waits();
        // A unix socket hangs up when it is closed, too: only an error is a reset.
        if (pending_error(ended.from) == 0) return false;
        stop(gone(ended.from));
    }
    return true;
}

/// Nothing more comes from this side, and the other is told.
void Tunnel::finish(Way& way) {
    if (lost_ == &way.from) return stop(gone(way.from));
    const Way& back = &way == &up_ ? down_ : up_;
    way.ended = true;
    // From here on its hang-up is no news.
    way.to.cancel_on_hang_up(nullptr);
    ::shutdown(way.to.fd(), SHUT_WR);
    if (back.ended) return;
    // Nobody reads from this side any more, so nobody would see its reset while there is nothing to
    // write to it.
    if (!way.from.hung_up()) {
        way.from.cancel_on_hang_up(&way.to);
    } else if (pending_error(way.from) != 0) {
        stop(gone(way.from));
    }
}

/// `side`, which this way reads or writes, is reset. Where it was written to, what it has sent
/// before is still there to be read by the other way, whose end is that of the tunnel.
void Tunnel::lose(const Descriptor& side, const Way& way) {
    const Way& back = &way == &up_ ? down_ : up_;
    const bool other_reads_on = lost_ == nullptr && &side == &way.to && !back.ended;
    if (!other_reads_on) return stop(gone(side));
    lost_ = &side;
}

TunnelEnd Tunnel::gone(const Descriptor& side) const {
    return &side == &up_.from ? TunnelEnd::client_gone : TunnelEnd::upstream_gone;
}

void Tunnel::stop(TunnelEnd end) {
    if (stopping_) return;
    stopping_ = true;
    end_ = end;
    up_.from.cancel();
    up_.to.cancel();
}

}  // namespace countersign::proxy
