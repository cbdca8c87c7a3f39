#pragma once

#include <memory>
#include <optional>

#include "proxy/failure.hpp"
#include "proxy/net/descriptor.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/net/task.hpp"
#include "proxy/tls/tls_stream.hpp"
#include "proxy/upstream/beginning.hpp"
#include "proxy/upstream/connection_owner.hpp"
#include "proxy/upstream/h1_stream.hpp"
#include "proxy/upstream/handshake_turns.hpp"
#include "proxy/upstream/origin.hpp"
#include "proxy/upstream/origin_place.hpp"
#include "proxy/upstream/pool_policy.hpp"
#include "proxy/upstream/revocation/inquirer.hpp"

namespace countersign::proxy::upstream {

/// One HTTP/1.1 connection to a server, inside TLS. Belongs to its origin's idle list or to a
/// lease; its destructor closes it.
class UpstreamConnection final : private net::IdleWatcher {
public:
    /// `socket` is connected; `beginning` notes what is said on it, until its first exchange has
    /// ended.
    UpstreamConnection(
        OriginPlace place, std::unique_ptr<net::Descriptor> socket,
        std::unique_ptr<Beginning> beginning, tls::HelloTerms hello = {}
    );

    Origin& origin() const { return place_.origin(); }
    net::Descriptor& descriptor() { return *descriptor_; }
    tls::TlsStream& tls() { return tls_; }  ///< for this room alone
    ConnectionAge& age() { return age_; }
    /// Null once its first exchange has ended.
    Beginning* beginning() { return beginning_.get(); }
    /// What an exchange sees of it.
    UpstreamStream& stream() { return stream_; }

    /// Its place, for another connection: this one is of no use any more.
    OriginPlace take_place() && { return std::move(place_); }

    /// When a handshake has to have come how far.
    struct HandshakeLimits {
        net::TimePoint answer;  ///< the server's hello has come; not after `end`
        net::TimePoint end;
    };
    /// Until it is finished: ok, failed, timed_out, cancelled … What the handshake leaves open of
    /// the server's revocation is asked of `inquirer`, which outlives this; null: of nobody.
    net::Task<net::IoStatus> handshake(
        HandshakeTurns& turns, HandshakeLimits limits, revocation::Inquirer* inquirer
    );
    /// Its first message has the key share of a post-quantum group; the server has answered that.
    bool has_large_hello() const { return tls_.has_large_hello(); }
    bool server_has_answered() const { return tls_.server_has_answered(); }
    /// Whether the handshake failed before the server had answered a large first message.
    bool failed_on_large_hello() const { return tls_.failed_on_large_hello(); }
    /// Why it is not complete, as of `unfinished_handshake`.
    Failure unfinished(net::IoStatus status, bool halved);
    /// In TLS 1.3 a server that has asked for a certificate refuses it after the handshake: why,
    /// where it does until then. At once where it has not asked, or in TLS 1.2.
    net::Task<std::optional<Failure>> late_refusal(net::TimePoint until);
    /// Whether its server's certificate, or one above it, has turned out to be revoked: no exchange
    /// follows.
    bool is_of_revoked() const;

    /// Why it comes to its end, where it now does; else that is by its exchange.
    void ends_by(metrics::ConnectionEnd end) { place_.ends_by(end); }

    /// An exchange on it has ended: whether another may follow, by age alone, is asked next.
    void end_exchange(net::TimePoint now);
    /// The origin's standing has changed while it is idle.
    void look_at_standing();
    /// What its end is counted as where no more exchange may follow by its age.
    metrics::ConnectionEnd end_by_age() const {
        return origin().standing.overlap.is_none() ? metrics::ConnectionEnd::age
                                                   : metrics::ConnectionEnd::retired;
    }

    /// From now on it is idle, in `owner`'s hands: what comes, and its age, end it. Between two
    /// steps of a handshake only who wants to go on with it finds out whether it is still there.
    void become_idle(net::TimePoint now, ConnectionOwner& owner);
    /// The one way to another exchange: whether it is young enough, open, and has said nothing
    /// since the last one. Costs a system call after a longer rest, and where the event loop has
    /// not looked since the last exchange.
    bool may_serve_again(net::TimePoint now);

private:
    net::Task<net::IoStatus> shake_hands(HandshakeTurns& turns, HandshakeLimits limits);
    net::Task<net::IoStatus> settle(revocation::Inquirer& inquirer, net::TimePoint deadline);
    void on_idle_event(bool timed_out) override;
    void watch_idle();
    void keep_to_overlap();
    bool still_silent(net::TimePoint now);
    bool only_tickets();

    ConnectionOwner* owner_ = nullptr;  // while it is idle
    OriginPlace place_;                 // first: it is given back when all the rest has gone
    std::unique_ptr<net::Descriptor> descriptor_;
    std::unique_ptr<Beginning> beginning_;
    tls::TlsStream tls_;
    H1Stream stream_;
    ConnectionAge age_;
};

}  // namespace countersign::proxy::upstream
