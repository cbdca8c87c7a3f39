#include <algorithm>
#include <stdexcept>
#include <utility>

#include "proxy/client/session.hpp"
#include "proxy/exchange/exchange_failure.hpp"
#include "proxy/exchange/exchange_pump.hpp"
#include "proxy/exchange/last_hop.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/net/socket_io.hpp"

namespace countersign::proxy::client {

// One exchange, from the parsed head to what becomes of both connections. How heads are read is in
// session.cpp, how a slow client's body is waited for in session_body.cpp, what the proxy says
// itself in session_answer.cpp.

namespace {

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

bool Session::prepare(exchange::Exchange& x, std::size_t head_size) {
    const http::Head& head = ws_.head;
    exchange::ExchangeRequest& request = x.request;
    const bool routed = x.planned && x.plan().route != nullptr;
    const exchange::RequestTerms terms{
        !peer_.is_unix, x.configuration().limits.body_bytes,
        routed ? &x.plan().route->edits : nullptr};
    exchange::read_request(head, head_size, terms, in_, request);
    x.request_auth = head.connection_auth;
    const bool accept_stays = terms.edits == nullptr || !terms.edits->drops("accept");
    if (!request.repeatable || !accept_stays) x.prefers_text = accepts_text(head);

    x.ids.take(head);
    request.path = (x.planned ? x.plan().path : x.planned.error().path).of(head.target);
    if (!x.planned) {
        x.failure = std::move(x.planned.error().failure);
        if (x.failure->code() == FailureCode::client_not_allowed) request.client_keeps = false;
        return false;
    }
    const routing::Plan& plan = x.plan();
    const exchange::Ending problem = exchange::body_problem(request);
    if (problem != exchange::Ending::under_way) {
        x.failure = exchange::body_failure(problem, request);
        return false;
    }
    if (plan.answered_here) {
        if (!request.repeatable || leaving_) request.client_keeps = false;
        x.own_answer = exchange::last_hop_answer(head, request.client_keeps);
        return true;
    }
    if (plan.would_be) ws_.unmatched.report(plan.host, plan.port, *plan.would_be);
    const generation::Route& route = *plan.route;

    http::write_request_head(
        head, request.path, plan.authority, ws_.text, route.edits.empty() ? nullptr : &route.edits,
        make_ids(x), ws_.own_via
    );
    // Buffers have room for all that their configuration adds; one of an earlier load may have not.
    if (ws_.text.size() > in_.growth() + head_size) replace_buffer();
    if (!exchange::replace_head(in_, head_size, ws_.text, request)) {
        throw std::logic_error{"a rewritten head has no room"};
    }
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
    const net::TimePoint started = ws_.loop.now();
    exchange::Exchange x{routing::plan(
        ws_.generation, ws_.head, peer_, ws_.wall_clock.at(started), ws_.own_endpoints, ws_.own_name
    )};
    x.started = started;
    if (!prepare(x, head_size)) co_return co_await answer(x, x.request.repeatable);
    if (!x.own_answer.empty()) co_return co_await answer_as_last(x);
    if (tells_story()) story().plan(x);
    upstream::UploadPlace upload;
    if (!x.request.repeatable) upload = ws_.pool.begin_upload(origin_of(x.plan()));
    // Who waits for the server's word sends nothing before it.
    if (!x.request.repeatable && !upload && !ws_.head.expects_continue) {
        const BodyWait waited = co_await wait_for_body(x);
        if (waited == BodyWait::failed) co_return co_await answer(x, false);
        if (waited == BodyWait::client_gone) co_return After::close;
    }
    const profiles::Limits& limits = x.configuration().limits;
    const exchange::BacklogTerms backlog{ws_.buffered, limits.buffered};
    exchange::ExchangeTerms terms{
        x.plan().rules->timeouts, x.plan().route->retry, limits.header_count,
        x.plan().rewrite.get(), ws_.own_via};
    terms.backlog = &backlog;
    terms.client_min_rate = limits.client_min_rate;
    terms.leniency = x.plan().route->leniency;
    for (;;) {
        x.upstream = nullptr;  // that of an attempt before this one is gone
        upstream::PooledOrigin& origin = origin_of(x.plan());
        Result<upstream::UpstreamLease> found = lease_at_hand(x, origin);
        if (found && !*found) {
            // Who signs in begins on a connection that nobody has used.
            const bool fresh = x.attempt.repeated || x.request_auth != http::ConnectionAuth::none;
            found = co_await ws_.pool.await_lease(
                origin, fresh ? upstream::Wish::fresh : upstream::Wish::any, x.connect,
                routing::share_of(peer_, x.client())
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
        if (upload) lease.stream().begin_upload(std::move(upload));
        x.handed_over = net::Clock::now();
        exchange::ExchangeCore core{terms, x.request, in_, ws_.buffers, ws_, ws_.loop.now()};
        const Running running{*this, core};
        co_await exchange::pump(ws_, client_, lease.stream(), core);
        if (!core.over()) {
            let_go(x, core, lease);
            co_await exchange::deliver(ws_, client_, core);
        }
        x.progress = core.progress();
        const exchange::Verdict verdict = core.verdict(x.attempt);
        if (verdict == exchange::Verdict::tunnel) {
            co_await switch_protocol(x, core, std::move(lease));
            co_return After::close;
        }
        if (verdict == exchange::Verdict::done) co_return finish(x, core, lease);
        if (verdict == exchange::Verdict::again) {
            x.attempt.repeated = true;
            continue;
        }
        x.failure = lease ? exchange::failure_of(core, lease.stream()) : exchange::failure_of(core);
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

/// What becomes of the server's connection after a complete exchange.
void Session::leave_server(
    const exchange::Exchange& x, const exchange::ExchangeCore& core, upstream::UpstreamLease& lease
) {
    if (x.progress.response_auth != http::ConnectionAuth::none) lease.bind_to(bound_);
    const bool signing_in =
        x.progress.status == 401 && x.progress.response_auth == http::ConnectionAuth::with_token;
    lease.note_signing_in(signing_in);
    if (lease.stream().finish(aftermath_of(core))) {
        std::move(lease).keep();
    } else if (signing_in) {
        bound_.lose_handshake(lease.origin());
    }
}

/// The server has said all, and its connection need not wait for the client.
void Session::let_go(
    exchange::Exchange& x, const exchange::ExchangeCore& core, upstream::UpstreamLease& lease
) {
    x.progress = core.progress();
    x.let_go = std::make_unique<const upstream::KeptFacts>(lease);
    x.upstream = nullptr;
    leave_server(x, core, lease);
    lease = {};  // where it cannot serve again, its place can
}

/// After a complete exchange: what becomes of both connections.
Session::After Session::finish(
    exchange::Exchange& x, const exchange::ExchangeCore& core, upstream::UpstreamLease& lease
) {
    record(x, {});
    if (lease) leave_server(x, core, lease);
    ws_.tidier.note_use();
    if (x.request.repeatable) in_.consume(x.request.first_write);
    if (x.progress.keep_client) return After::next_request;
    return x.request.repeatable && !has_said_more() ? After::close : After::linger;
}

/// Behind the last request. A byte of it may go: nobody needs it.
bool Session::has_said_more() {
    char byte;
    return !in_.empty() || (client_.descriptor().readable() && client_.try_read(&byte, 1).ok());
}

}  // namespace countersign::proxy::client
