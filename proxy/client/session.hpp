#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "proxy/client/head_read.hpp"
#include "proxy/client/story.hpp"
#include "proxy/client/workspace.hpp"
#include "proxy/exchange/exchange.hpp"
#include "proxy/failure.hpp"
#include "proxy/log/log.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/routing/peer.hpp"
#include "proxy/upstream/bound_connections.hpp"

namespace countersign::proxy::client {

/// The life of one client connection that is served: reads a request head, has it forwarded, and
/// again, until one side ends it. A local of its own coroutine, in the workspace's list while it
/// lives. While it waits for a request it holds no buffer.
class Session {
public:
    /// Serves one accepted connection from start to end.
    static net::Task<void> serve(
        Workspace& workspace, net::UniqueFd fd, routing::Peer peer, ConnectionPermits::Permit permit
    );

    Session(
        Workspace& workspace, net::UniqueFd fd, const routing::Peer& peer,
        ConnectionPermits::Permit permit
    );
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// The next exchange, or that which runs, is its last; the client is told so where there is
    /// time.
    void leave();
    /// The same, and a session that waits for its next request ends.
    void drain();
    /// There is another generation, or a certificate has turned out to be revoked: what the
    /// connections of its own are then.
    void look_at_standing() { bound_.look_at_standing(); }
    Session* next() const { return next_; }
    /// Whether it waits for a request.
    bool idle() const { return idle_; }
    generation::ListenerId listener() const { return peer_.listener; }

private:
    /// A client that takes nothing of the proxy's own answer.
    static constexpr auto kAnswerIdle = std::chrono::seconds{30};

    enum class After : std::uint8_t { next_request, close, linger };
    class Running;

    const profiles::Limits& limits() const { return ws_.generation->configuration().limits; }
    net::Task<HeadRead> read_head();
    net::IoStatus read_client();
    net::Task<After> exchange(std::size_t head_size);
    net::Task<After> refuse(HeadRead head);
    /// From the parsed head to a prepared request in the input buffer; no suspension inside.
    /// False where it is not to be sent: `x.failure` says why.
    bool prepare(exchange::Exchange& x, std::size_t head_size);
    /// Those that the request is to have and lacks, as the configuration says.
    http::MadeIds make_ids(exchange::Exchange& x);
    void replace_buffer();
    upstream::PooledOrigin& origin_of(const routing::Plan& plan);
    Result<upstream::UpstreamLease> lease_at_hand(
        exchange::Exchange& x, upstream::PooledOrigin& origin
    );
    static void end_with_its_own(exchange::Exchange& x);
    enum class BodyWait : std::uint8_t { goes_on, failed, client_gone };
    /// Until the body is whole, or has begun to flow. `failed`: `x.failure` says why.
    net::Task<BodyWait> wait_for_body(exchange::Exchange& x);
    /// As much of the body as has come; none: more is to be waited for.
    std::optional<BodyWait> take_body(exchange::Exchange& x);
    void leave_server(
        const exchange::Exchange& x, const exchange::ExchangeCore& core,
        upstream::UpstreamLease& lease
    );
    void let_go(
        exchange::Exchange& x, const exchange::ExchangeCore& core, upstream::UpstreamLease& lease
    );
    After finish(
        exchange::Exchange& x, const exchange::ExchangeCore& core, upstream::UpstreamLease& lease
    );
    /// Whether bytes have come that are not read: then a close would be a reset.
    bool has_said_more();
    /// Tells the client `x.failure`.
    net::Task<After> answer(exchange::Exchange& x, bool request_is_read);
    /// Where the proxy is the last that may answer.
    net::Task<After> answer_as_last(exchange::Exchange& x);
    static bool tells_story() { return log::tells(profiles::LogLevel::debug); }
    Story story() { return {peer_, client_.descriptor().fd()}; }
    /// Tells the program's log why `x.failure` came.
    void tell(const exchange::Exchange& x);
    /// The end of an exchange, or of a tunnel. `error`: of Proxy-Status, empty where all went well.
    void record(exchange::Exchange& x, std::string_view error);
    /// The same for who is told more than numbers: the access log, and who looks at the console.
    void tell_in_full(ExchangeRecord& record, exchange::Exchange& x);

    /// An exchange, or a tunnel.
    net::Task<After> serve_request(std::size_t head_size);
    /// A CONNECT, from its head to the end of its tunnel.
    net::Task<After> tunnel(std::size_t head_size);
    net::Task<void> switch_protocol(
        exchange::Exchange& x, exchange::ExchangeCore& core, upstream::UpstreamLease lease
    );
    net::Task<bool> pass_on(
        exchange::Exchange& x, net::DuplexStream& server, const upstream::addresses::Goal& goal,
        net::Buffer from_server = {}
    );

    Workspace& ws_;
    net::PlainStream client_;
    net::Buffer in_;
    upstream::BoundConnections bound_;
    routing::Peer peer_;
    ConnectionPermits::Permit permit_;
    std::string peer_text_;  // for the access log; empty before its first line
    bool idle_ = true;
    bool leaving_ = false;  ///< the next exchange, or that which runs, is the last
    exchange::ExchangeCore* running_ = nullptr;
    unsigned unbroken_ = 0;  ///< heads read since it last had to wait for one
    Session* next_ = nullptr;
    Session* previous_ = nullptr;
};

/// Whether a request's Accept prefers text to JSON.
bool accepts_text(const http::Head& head);

}  // namespace countersign::proxy::client
