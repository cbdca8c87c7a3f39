#include <utility>

#include "proxy/client/session.hpp"
#include "proxy/exchange/exchange_failure.hpp"
#include "proxy/exchange/tunnel.hpp"
#include "proxy/net/plain_duplex.hpp"
#include "proxy/net/socket_io.hpp"

namespace countersign::proxy::client {

namespace {

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

}  // namespace

net::Task<Session::After> Session::tunnel(std::size_t head_size) {
    const net::TimePoint started = ws_.loop.now();
    exchange::Exchange x{routing::plan(
        ws_.generation, ws_.head, peer_, ws_.wall_clock.at(started), ws_.own_endpoints, ws_.own_name
    )};
    x.started = started;
    x.ids.take(ws_.head);
    x.request.method = "CONNECT";
    x.request.minor_version = ws_.head.minor_version;
    // What the client has sent, or will, for the tunnel that it does not get is no request.
    x.request.client_keeps = false;
    x.request.first_write = head_size;
    x.request.repeatable = true;
    if (!x.planned) {
        x.failure = std::move(x.planned.error().failure);
        co_return co_await answer(x, true);
    }
    if (tells_story()) story().plan(x);
    const upstream::addresses::Goal goal{x.plan().host, x.plan().port, *x.plan().rules, true};
    Result<std::unique_ptr<net::Descriptor>> upstream =
        co_await ws_.connector.reach(goal, x.connect);
    if (!upstream) {
        x.failure = std::move(upstream).error();
        co_return co_await answer(x, true);
    }
    net::IoStatus told = net::IoStatus::failed;
    if (!client_.descriptor().hung_up()) {
        told = co_await net::write_all(client_, kEstablished, kAnswerIdle);
    }
    if (told != net::IoStatus::ok) {
        record(x, {});
        co_return After::close;
    }
    x.progress.status = 200;
    x.progress.bytes_out = kEstablished.size();
    in_.consume(head_size);
    net::PlainDuplex server{**upstream};
    if (!co_await pass_on(x, server, goal)) server.reset();
    co_return After::close;
}

/// After a 101: the connections are the other protocol's.
net::Task<void> Session::switch_protocol(
    exchange::Exchange& x, exchange::ExchangeCore& core, upstream::UpstreamLease lease
) {
    in_.consume(x.request.first_write);
    const upstream::addresses::Goal goal{x.plan().host, x.plan().port, *x.plan().rules};
    if (!co_await pass_on(x, lease.stream(), goal, std::move(core).take_rest())) {
        lease.stream().reset();
    }
}

/// What both sides say, until both have ended, and records it. False where that was no clean end:
/// then the client's connection is reset when it closes, and so is the server's to be.
net::Task<bool> Session::pass_on(
    exchange::Exchange& x, net::DuplexStream& server, const upstream::addresses::Goal& goal,
    net::Buffer from_server
) {
    exchange::Tunnel tunnel{
        ws_.loop, ws_.buffers, client_.descriptor(), server, x.configuration().limits.tunnel_idle};
    const exchange::TunnelEnd end = co_await tunnel.run(std::move(in_), std::move(from_server));
    x.request.body = exchange::BodyMeter::after(tunnel.bytes_up());
    x.progress.bytes_out += tunnel.bytes_down();
    x.failure = exchange::failure_of(end, goal);
    if (x.failure) tell(x);
    record(x, error_of(x.failure ? &*x.failure : nullptr));
    const bool clean = end == exchange::TunnelEnd::closed;
    if (!clean) net::reset_on_close(client_.descriptor());
    co_return clean;
}

}  // namespace countersign::proxy::client
