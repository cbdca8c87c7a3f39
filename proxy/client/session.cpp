#include "proxy/client/session.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include "proxy/exchange/exchange_failure.hpp"
#include "proxy/exchange/exchange_pump.hpp"
#include "proxy/exchange/last_hop.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/net/socket_io.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy::client {

namespace {

constexpr auto kLinger = std::chrono::seconds{2};
/// RFC 9112 2.2: empty lines before a request line are nothing; without end they are an attack.
constexpr unsigned kEmptyLines = 100;
/// Requests sent ahead (pipelined) that are served before others have their turn.
constexpr unsigned kHeadsPerTurn = 4;

upstream::UpstreamStream::Aftermath aftermath_of(const exchange::ExchangeCore& core) {
    if (core.server_keeps()) return upstream::UpstreamStream::Aftermath::open;
    return core.server_closes() ? upstream::UpstreamStream::Aftermath::closes
                                : upstream::UpstreamStream::Aftermath::unclean;
}

/// What Countersign-Identity says, if the server is sent it, on that connection; empty where the
/// field is not wanted.
std::string_view identity_to_tell(const exchange::Exchange& x) {
    if (!x.plan().tells_identity) return {};
    return x.identity() == nullptr ? std::string_view{"none"} : x.identity()->fingerprint();
}

constexpr std::string_view kItsOwn =
    "The connection was this client's own (NTLM or Negotiate), and the request is not sent again "
    "on another one.";

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

/// While it is there, `drain` reaches the exchange.
class Session::Running {
public:
    Running(Session& session, exchange::ExchangeCore& core) : session_{session} {
        if (session.leaving_) core.drain();
        session.running_ = &core;
    }
    ~Running() { session_.running_ = nullptr; }

private:
    Session& session_;
};

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

/// Until a head stands in the buffer. Before its first byte the session is idle, and holds no
/// buffer.
net::Task<HeadRead> Session::read_head() {
    using End = HeadRead::End;
    net::TimePoint deadline = ws_.loop.now() + limits().client_idle;
    std::size_t scanned = 0;
    unsigned empty_lines = 0;
    for (;;) {
        while (scanned == 0 && in_ && in_.view().starts_with("\r\n")) {
            in_.consume(2);
            if (++empty_lines > kEmptyLines) {
                co_return HeadRead{End::invalid, 0, http::HeadError::empty_lines};
            }
        }
        if (in_ && !in_.empty()) {
            const HeadRead read = look_at_head(in_.view(), scanned, limits(), ws_.head);
            if (read.end != End::incomplete) co_return read;
            if (idle_) deadline = ws_.loop.now() + limits().client_head;
            idle_ = false;
            scanned = in_.size();
            if (in_.room() == 0) in_.compact();
            // One of an earlier load may be too small for what is allowed today.
            if (in_.room() == 0) replace_buffer();
        } else {
            in_.release();
            idle_ = true;
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

bool Session::prepare(exchange::Exchange& x, std::size_t head_size) {
    const http::Head& head = ws_.head;
    exchange::ExchangeRequest& request = x.request;
    request.method = head.method;
    request.minor_version = head.minor_version;
    request.client_keeps = head.keep_alive;
    request.cut_shows = !peer_.is_unix;
    request.max_body = x.configuration().limits.body_bytes;
    if (!head.upgrade.empty()) request.upgrade = head.upgrade;
    request.body = exchange::BodyMeter{head.framing, head.content_length};
    const bool routed = x.planned && x.plan().route != nullptr;
    if (head.framing == http::Framing::chunked) {
        request.trailers = http::TrailerRules{head, routed ? &x.plan().route->edits : nullptr};
    }
    const std::size_t body_here = exchange::take_body_at_hand(in_, head_size, request);
    request.first_write = head_size + body_here;
    request.repeatable = request.body.done();
    x.request_auth = head.connection_auth;
    if (!request.repeatable) x.prefers_text = accepts_text(head);

    x.ids.take(head);
    x.path = x.planned ? x.plan().path : x.planned.error().path;
    if (!x.planned) {
        x.failure = std::move(x.planned.error().failure);
        if (x.failure->code() == FailureCode::client_not_allowed) request.client_keeps = false;
        return false;
    }
    const routing::Plan& plan = x.plan();
    if (request.body.invalid()) {
        x.failure = exchange::body_failure(exchange::Ending::request_malformed, request);
        return false;
    }
    const std::uint64_t least_body = std::max(head.content_length, request.body.total());
    if (exchange::exceeds(least_body, request.max_body)) {
        x.failure = exchange::body_failure(exchange::Ending::request_too_large, request);
        return false;
    }
    if (exchange::ends_here(head)) {
        const bool keeps = request.client_keeps && request.repeatable && !leaving_;
        x.own_answer = exchange::last_hop_answer(head, keeps);
        return true;
    }
    if (plan.would_be) ws_.unmatched.report(plan.host, plan.port, *plan.would_be);
    const generation::Route& route = *plan.route;

    http::write_request_head(
        head, x.path, plan.authority, ws_.text, route.edits.empty() ? nullptr : &route.edits,
        make_ids(x), ws_.own_via
    );
    const std::size_t method_size = request.method.size();
    // Buffers have room for all that their configuration adds; one of an earlier load may have not.
    if (ws_.text.size() > in_.growth() + head_size) replace_buffer();
    in_.consume(head_size);
    if (!in_.prepend(ws_.text)) throw std::logic_error{"a rewritten head has no room"};
    request.first_write = ws_.text.size() + body_here;
    // The views move along with what they show: the new request line starts with the method and the
    // path.
    std::string_view line = in_.view().substr(0, in_.view().find('\r'));
    // Where the buffer is needed for what follows.
    if (!request.repeatable || !request.upgrade.empty()) line = x.kept = line;
    request.method = line.substr(0, method_size);
    x.path = line.substr(method_size + 1, line.rfind(' ') - method_size - 1);
    return true;
}

http::MadeIds Session::make_ids(exchange::Exchange& x) {
    http::MadeIds made;
    if (x.configuration().trace != profiles::TraceRule::generate) return made;
    const http::RequestEdits& edits = x.plan().route->edits;
    if (x.ids.trace_parent().empty() && !edits.drops("traceparent")) {
        x.ids.make_trace(ws_.ids);
        made.trace_parent = x.ids.trace_parent();
    }
    const bool brings_one = ws_.head.request_id.data() != nullptr;  // whatever it looks like
    if (!brings_one && !edits.drops("x-request-id")) made.request_id = x.ids.request_id(ws_.ids);
    return made;
}

/// By one of today's size, with what is in it.
void Session::replace_buffer() {
    net::Buffer next = ws_.buffers.take_with_room_for(in_.size());
    std::memcpy(next.tail(), in_.data(), in_.size());
    next.commit(in_.size());
    in_ = std::move(next);
}

/// What can serve the request at once: the client's own connection, else an idle one; or empty. A
/// repeated request is not put at the same risk again. A request that signs in begins on a
/// connection that nobody has used, and so never has to be repeated.
Result<upstream::UpstreamLease> Session::lease_at_hand(
    exchange::Exchange& x, upstream::PooledOrigin& origin
) {
    if (x.attempt.repeated) return upstream::UpstreamLease{};
    const bool signs_in = x.request_auth != http::ConnectionAuth::none;
    if (!bound_.empty()) {
        Result<upstream::UpstreamLease> own = bound_.take(origin, signs_in);
        if (!own) x.request.client_keeps = false;
        if (!own || *own) return own;
    }
    if (signs_in) return upstream::UpstreamLease{};
    return ws_.pool.lease_idle(origin);
}

/// Stays until the exchange has a connection, or for this round.
upstream::PooledOrigin& Session::origin_of(const routing::Plan& plan) {
    return ws_.pool.origin(plan.host, plan.port, plan.route->tls, plan.route->rules);
}

/// A connection of the client's own failed: the client's ends with it, as it would have without a
/// proxy, so that both sides begin anew.
void Session::end_with_its_own(exchange::Exchange& x) {
    x.request.client_keeps = false;
    x.failure = std::move(*x.failure).with_more(kItsOwn);
}

net::Task<Session::After> Session::exchange(std::size_t head_size) {
    idle_ = false;
    const net::TimePoint started = ws_.loop.now();
    exchange::Exchange x{routing::plan(
        ws_.generation, ws_.head, peer_, ws_.wall_clock.at(started), ws_.own_endpoints, ws_.own_name
    )};
    x.started = started;
    if (!prepare(x, head_size)) co_return co_await answer(x, x.request.repeatable);
    if (!x.own_answer.empty()) co_return co_await answer_as_last(x);
    if (tells_story()) story().plan(x);
    exchange::ExchangeTerms terms{
        x.plan().rules->timeouts, x.plan().route->retry, x.configuration().limits.header_count,
        x.plan().rewrite.get(), ws_.own_via};
    terms.leniency = x.plan().route->leniency;
    for (;;) {
        x.upstream = nullptr;  // that of an attempt before this one is gone
        upstream::PooledOrigin& origin = origin_of(x.plan());
        Result<upstream::UpstreamLease> found = lease_at_hand(x, origin);
        if (found && !*found) {
            // Who signs in begins on a connection that nobody has used.
            const bool fresh = x.attempt.repeated || x.request_auth != http::ConnectionAuth::none;
            found = co_await ws_.pool.await_lease(
                origin, fresh ? upstream::Wish::fresh : upstream::Wish::any, x.connect
            );
            if (found && client_.descriptor().hung_up()) {
                record(x, {});
                std::move(*found).keep();  // nobody waits for the answer: nothing is asked
                co_return After::close;
            }
        }
        if (!found) {
            x.failure = exchange::with_source_of_port(std::move(found).error(), x.plan());
            co_return co_await answer(x, x.request.repeatable);
        }
        upstream::UpstreamLease& lease = *found;
        if (x.request_auth != http::ConnectionAuth::none) lease.bind_to(bound_);
        x.upstream = &lease.stream();
        terms.told_identity = identity_to_tell(x);
        x.attempt.reused = lease.reused();
        x.attempt.bound = lease.is_bound_to(bound_);
        x.handed_over = net::Clock::now();
        exchange::ExchangeCore core{terms, x.request, in_, ws_.buffers, ws_, ws_.loop.now()};
        const Running running{*this, core};
        co_await exchange::pump(ws_, client_, lease.stream(), core);
        x.progress = core.progress();
        const exchange::Verdict verdict = core.verdict(x.attempt);
        if (verdict == exchange::Verdict::tunnel) {
            co_await switch_protocol(x, core, std::move(lease));
            co_return After::close;
        }
        if (verdict == exchange::Verdict::done) co_return finish(x, core, std::move(lease));
        if (verdict == exchange::Verdict::again) {
            x.attempt.repeated = true;
            continue;
        }
        x.failure = exchange::failure_of(core, lease.stream());
        if (!x.attempt.reused && x.failure->code() == FailureCode::alert_received) {
            ws_.connector.note_late_refusal(*x.failure);
        }
        if (verdict == exchange::Verdict::cut) {
            tell(x);
            record(x, error_of(&*x.failure));
            net::reset_on_close(client_.descriptor());  // what it has is not the whole
            co_return After::close;
        }
        if (x.attempt.bound) end_with_its_own(x);
        co_return co_await answer(x, x.request.repeatable);
    }
}

/// After a complete exchange: what becomes of both connections.
Session::After Session::finish(
    exchange::Exchange& x, const exchange::ExchangeCore& core, upstream::UpstreamLease lease
) {
    record(x, {});
    if (x.progress.response_auth != http::ConnectionAuth::none) lease.bind_to(bound_);
    const bool signing_in =
        x.progress.status == 401 && x.progress.response_auth == http::ConnectionAuth::with_token;
    lease.note_signing_in(signing_in);
    if (lease.stream().finish(aftermath_of(core))) {
        std::move(lease).keep();
    } else if (signing_in) {
        bound_.lose_handshake(lease.origin());
    }
    ws_.tidier.note_use();
    if (x.request.repeatable) in_.consume(x.request.first_write);
    if (x.progress.keep_client) return After::next_request;
    return x.request.repeatable && in_.empty() ? After::close : After::linger;
}

}  // namespace countersign::proxy::client
