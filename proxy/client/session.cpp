#include "proxy/client/session.hpp"

#include <cstring>
#include <exception>
#include <utility>

#include "proxy/exchange/exchange_failure.hpp"
#include "proxy/net/socket_io.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy::client {

namespace {

constexpr auto kLinger = std::chrono::seconds{2};
/// RFC 9112 2.2: empty lines before a request line are nothing; without end they are an attack.
constexpr unsigned kEmptyLines = 100;
/// Requests sent ahead (pipelined) that are served before others have their turn.
constexpr unsigned kHeadsPerTurn = 4;

}  // namespace

Session::Session(
    Workspace& workspace, net::UniqueFd fd, const routing::Peer& peer,
    ConnectionPermits::Permit permit
)
    : ws_{workspace},
      client_{workspace.loop, std::move(fd)},
      peer_{peer},
      permit_{std::move(permit)},
      next_{workspace.first_session} {
    if (next_ != nullptr) next_->previous_ = this;
    ws_.first_session = this;
    if (tells_story()) {
        const profiles::Listener* const listener = ws_.generation->find_listener(peer_.listener);
        story().begin(listener == nullptr ? std::string_view{} : listener->name);
    }
}

Session::~Session() {
    // An exception, which is a bug, in the middle of something: that must not look whole.
    if (std::uncaught_exceptions() > 0) net::reset_on_close(client_.descriptor());
    (previous_ != nullptr ? previous_->next_ : ws_.first_session) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    ws_.tidier.note_use();
    if (tells_story()) story().close();
}

void Session::leave() {
    leaving_ = true;
    if (running_ != nullptr) running_->drain();
}

void Session::drain() {
    leave();
    if (idle_) client_.descriptor().cancel();
}

net::Task<void> Session::serve(
    Workspace& workspace, net::UniqueFd fd, routing::Peer peer, ConnectionPermits::Permit permit
) {
    Session session{workspace, std::move(fd), peer, std::move(permit)};
    After after = After::next_request;
    while (after == After::next_request) {
        if (++session.unbroken_ % kHeadsPerTurn == 0) {
            net::GiveTurn turn{workspace.loop};
            co_await turn;
        }
        const HeadRead head = co_await session.read_head();
        if (head.end == HeadRead::End::complete) {
            after = co_await session.serve_request(head.size);
        } else if (head.end == HeadRead::End::no_more) {
            after = After::close;
        } else {
            after = co_await session.refuse(head);
        }
    }
    if (after == After::linger) {
        co_await session.client_.linger(workspace.loop.now() + kLinger);
    }
}

net::Task<Session::After> Session::serve_request(std::size_t head_size) {
    return ws_.head.method == "CONNECT" ? tunnel(head_size) : exchange(head_size);
}

/// Until a head stands in the buffer. Before its first byte the session is idle, and holds no
/// buffer.
net::Task<HeadRead> Session::read_head() {
    using End = HeadRead::End;
    idle_ = true;  // until a first byte, which may be here already
    const net::TimePoint idle_until = ws_.loop.now() + limits().client_idle;
    net::TimePoint deadline = idle_until;
    std::size_t scanned = 0;
    unsigned empty_lines = 0;
    for (;;) {
        // The CR may have been there at the last look.
        while (in_ && in_.view().starts_with("\r\n")) {
            in_.consume(2);
            scanned = 0;
            if (++empty_lines > kEmptyLines) {
                co_return HeadRead{End::invalid, 0, http::HeadError::empty_lines};
            }
        }
        if (in_ && !in_.empty()) {
            if (idle_) deadline = ws_.loop.now() + limits().client_head;
            idle_ = false;
            const HeadRead read = look_at_head(in_.view(), scanned, limits(), ws_.head);
            if (read.end != End::incomplete) co_return read;
            scanned = in_.size();
            if (in_.room() == 0) in_.compact();
            // One of an earlier load may be too small for what is allowed today.
            if (in_.room() == 0) replace_buffer();
        } else {
            in_.release();
            idle_ = true;
            deadline = idle_until;
            if (leaving_) co_return HeadRead{End::no_more};
        }
        net::IoStatus status = read_client();
        while (status == net::IoStatus::would_block_read) {
            unbroken_ = 0;
            const net::Wait wait = co_await client_.descriptor().wait_readable(deadline);
            if (wait == net::Wait::timed_out && !idle_) co_return HeadRead{End::too_slow};
            if (wait != net::Wait::ready) co_return HeadRead{End::no_more};
            status = read_client();
        }
        if (status != net::IoStatus::ok) co_return HeadRead{End::no_more};
    }
}

/// What the client has sent, if anything: a connection that waits holds no buffer.
net::IoStatus Session::read_client() {
    if (!client_.descriptor().readable()) return net::IoStatus::would_block_read;
    if (!in_) in_ = ws_.buffers.take();
    const net::IoResult got = client_.try_read(in_.tail(), in_.room());
    if (got.ok()) in_.commit(got.bytes);
    if (in_.empty()) in_.release();
    return got.status;
}

net::Task<Session::After> Session::refuse(HeadRead head) {
    const profiles::Listener* const listener = ws_.generation->find_listener(peer_.listener);
    const std::string_view name = listener != nullptr ? std::string_view{listener->name} : "";
    exchange::Exchange x{routing::Refusal{ws_.generation, head_failure(head, limits(), name)}};
    x.started = ws_.loop.now();
    x.failure = std::move(x.planned.error().failure);
    co_return co_await answer(x, false);
}

/// By one of today's size, with what is in it.
void Session::replace_buffer() {
    net::Buffer next = ws_.buffers.take_with_room_for(in_.size());
    std::memcpy(next.tail(), in_.data(), in_.size());
    next.commit(in_.size());
    in_ = std::move(next);
}

}  // namespace countersign::proxy::client
