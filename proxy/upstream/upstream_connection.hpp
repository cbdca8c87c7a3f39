#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proxy/failure.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/either_wait.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/net/task.hpp"
#include "proxy/tls/tls_stream.hpp"
#include "proxy/upstream/connection_owner.hpp"
#include "proxy/upstream/handshake_failure.hpp"
#include "proxy/upstream/origin.hpp"
#include "proxy/upstream/origin_place.hpp"
#include "proxy/upstream/pool_policy.hpp"

namespace countersign::proxy {

/// One HTTP/1.1 connection to a server, inside TLS. Belongs to its origin's idle list or to a
/// lease; its destructor closes it.
class UpstreamConnection final : private IdleWatcher {
public:
    /// `socket` is connected.
    UpstreamConnection(OriginPlace place, std::unique_ptr<Descriptor> socket);

    Origin& origin() const { return place_.origin(); }
    Descriptor& descriptor() { return *descriptor_; }
    TlsStream& tls() { return tls_; }
    ConnectionAge& age() { return age_; }

    /// Until it is finished: ok, failed, timed_out, cancelled …
    Task<IoStatus> handshake(TimePoint deadline);

    // The exchange. Nobody outside this room names TLS, or the socket.

    /// ok with 0 < bytes ≤ size.
    IoResult try_send(std::string_view bytes) { return tls_.try_write(bytes); }
    /// closed: as the protocol says; truncated: without a word; refused: with one.
    IoResult try_receive(std::span<char> room) { return tls_.try_read(room.data(), room.size()); }
    /// Whether a `try_receive` may find something, or has something to find out.
    bool has_input() const { return descriptor_->readable() || tls_.has_pending(); }
    /// One task waits for this connection and for a client's.
    EitherWait wait_with(
        Descriptor& client, Interest in_client, Interest in_this, TimePoint deadline
    ) {
        return EitherWait{client, in_client, *descriptor_, in_this, deadline};
    }
    /// For a wait that may be long: memory that holds nothing is given back.
    void release_buffers() { tls_.release_buffers(); }
    /// Whether the server has sent more than anybody has read.
    bool has_surplus() const { return tls_.has_pending(); }
    /// The server has said in HTTP that it ends the connection: no close_notify is sent, since
    /// nobody reads it.
    void expect_close() { tls_.end_without_goodbye(); }
    /// After `refused`: why.
    Failure refusal() { return handshake_failure(origin(), tls_.take_failure()); }
    /// After any other end: what the system said of it, empty where it said nothing.
    std::string end_text();
    bool certificate_requested() const { return tls_.certificate_requested(); }
    std::string_view tls_version() const { return tls_.version(); }
    bool resumed() const { return tls_.resumed(); }

    /// From now on it is idle, in `owner`'s hands: what comes, and its age, end it. Between two
    /// steps of a handshake only who wants to go on with it finds out whether it is still there.
    void become_idle(TimePoint now, ConnectionOwner& owner);
    /// The one way to another exchange: whether it is young enough, open, and has said nothing
    /// since the last one. Costs a system call after a longer rest, and where the event loop has
    /// not looked since the last exchange.
    bool may_serve_again(TimePoint now);

private:
    Task<IoStatus> wait_for(IoStatus blocked, TimePoint deadline);
    void on_idle_event(bool timed_out) override;
    void watch_idle();
    bool still_silent(TimePoint now);
    bool only_tickets();

    ConnectionOwner* owner_ = nullptr;  // while it is idle
    OriginPlace place_;                 // first: it is given back when all the rest has gone
    std::unique_ptr<Descriptor> descriptor_;
    TlsStream tls_;
    ConnectionAge age_;
};

}  // namespace countersign::proxy
