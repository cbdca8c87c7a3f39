#include <utility>

#include "proxy/event/socket_io.hpp"
#include "proxy/session.hpp"
#include "proxy/tunnel.hpp"

namespace countersign::proxy {

namespace {

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
constexpr auto kAnswerIdle = std::chrono::seconds{30};

Failure body_in_connect() {
    Failure failure;
    failure.code = FailureCode::bad_request;
    failure.side = Side::client;
    failure.reason = "The CONNECT announces a body, which it cannot have.";
    failure.remedy =
        "Send it without Content-Length and Transfer-Encoding: what follows its head belongs to "
        "the tunnel.";
    return failure;
}

}  // namespace

/// Where nobody gets a tunnel, a CONNECT is an exchange that is refused.
Task<Session::After> Session::serve_request(std::size_t head_size) {
    if (ws_.head.method == "CONNECT" && ws_.generation->tunnels()) return tunnel(head_size);
    return exchange(head_size);
}

Failure Session::refused_connect() const {
    RoutingRequest asked;
    asked.listener = peer_.listener;
    asked.request.host = ws_.destination.host;
    asked.request.port = ws_.destination.port;
    return connect_refused(*ws_.generation, asked);
}

Result<TunnelRoute> Session::prepare_tunnel(Exchange& x, std::size_t head_size) {
    const Head& head = ws_.head;
    x.method = "CONNECT";
    x.client_minor_version = head.minor_version;
    // What the client has sent, or will, for the tunnel that it does not get is no request.
    x.client_keeps = false;
    x.first_write = head_size;
    x.repeatable = true;
    const TargetError target = parse_destination(head, ws_.destination);
    x.asked_host = ws_.destination.host;
    x.asked_port = ws_.destination.port;
    if (target != TargetError::connect) return target_failure(target, head.method);
    if (head.framing == Framing::chunked || head.content_length > 0) return body_in_connect();
    const Result<RoutingRequest> asked =
        read_routing_request(*ws_.generation, head, peer_, ws_.destination);
    if (!asked) return asked.error();
    return find_tunnel(*ws_.generation, *asked);
}

Task<Session::After> Session::tunnel(std::size_t head_size) {
    idle_ = false;
    Exchange x;
    x.started = ws_.reactor.now();
    // A tunnel may outlast the configuration that allowed it.
    const std::shared_ptr<const Generation> generation = ws_.generation;
    Result<TunnelRoute> route = prepare_tunnel(x, head_size);
    if (!route) {
        Failure failure = std::move(route).error();
        co_return co_await answer(x, std::move(failure), true);
    }
    x.profile = route->profile;
    const Goal goal{x.asked_host, x.asked_port, *route->rules, true};
    Result<std::unique_ptr<Descriptor>> upstream = co_await ws_.connector.reach(goal, x.connect);
    if (!upstream) {
        Failure failure = std::move(upstream).error();
        co_return co_await answer(x, std::move(failure), true);
    }
    IoStatus told = IoStatus::failed;
    if (!client_.descriptor().hung_up()) {
        told = co_await client_.write_all(kEstablished, kAnswerIdle);
    }
    if (told != IoStatus::ok) {
        log(x, {});
        co_return After::close;
    }
    x.status = 200;
    in_.consume(head_size);
    const Clock::duration idle = generation->configuration().limits.tunnel_idle;
    Tunnel tunnel{ws_.reactor, ws_.buffers, client_.descriptor(), **upstream, idle};
    const TunnelEnd end = co_await tunnel.run(std::move(in_));
    x.request_body = BodyMeter::after(tunnel.bytes_up());
    x.bytes_out = kEstablished.size() + tunnel.bytes_down();
    log(x, error_of(end));
    if (end != TunnelEnd::closed) {
        reset_on_close(client_.descriptor());
        reset_on_close(**upstream);
    }
    co_return After::close;
}

}  // namespace countersign::proxy
