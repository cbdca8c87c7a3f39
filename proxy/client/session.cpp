#include "proxy/client/session.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include "proxy/exchange/forwarder.hpp"
#include "proxy/exchange/retry_policy.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/net/socket_io.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy {

namespace {

/// A client may rest this long between two requests, and take this long to send one head.
constexpr auto kIdle = std::chrono::seconds{120};
constexpr auto kHeadTime = std::chrono::seconds{30};
constexpr auto kLinger = std::chrono::seconds{2};
/// Requests sent ahead (pipelined) that are served before others have their turn.
constexpr unsigned kHeadsPerTurn = 4;

Failure body_failure(FailureCode code, std::uint64_t limit) {
    Failure failure;
    failure.code = code;
    failure.side = Side::client;
    if (code == FailureCode::body_too_large) {
        failure.reason = "The request's body is larger than " + std::to_string(limit) + " bytes.";
        failure.remedy = "Send less, or raise limits.body_bytes.";
    } else {
        failure.reason = "The request's chunked body is malformed.";
        failure.remedy = "The client has to frame it as RFC 9112 7.1 says.";
    }
    return failure;
}

}  // namespace

Session::Session(Workspace& workspace, int fd, const Peer& peer, ConnectionPermits::Permit permit)
    : ws_{workspace},
      client_{workspace.loop, fd},
      peer_{peer},
      permit_{std::move(permit)},
      next_{workspace.first_session} {
    if (next_ != nullptr) next_->previous_ = this;
    ws_.first_session = this;
    if (ws_.access.enabled()) peer_text_ = peer_.to_text();
}

Session::~Session() {
    // An exception, which is a bug, in the middle of something: that must not look whole.
    if (std::uncaught_exceptions() > 0) reset_on_close(client_.descriptor());
    (previous_ != nullptr ? previous_->next_ : ws_.first_session) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    ws_.tidier.note_use();
}

void Session::drain() {
    if (idle_) client_.descriptor().cancel();
}

Task<void> Session::serve(
    Workspace& workspace, int fd, Peer peer, ConnectionPermits::Permit permit
) {
    Session session{workspace, fd, peer, std::move(permit)};
    After after = After::next_request;
    while (after == After::next_request) {
        if (++session.unbroken_ % kHeadsPerTurn == 0) {
            GiveTurn turn{workspace.loop};
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
Task<Session::HeadRead> Session::read_head() {
    using End = HeadRead::End;
    TimePoint deadline = ws_.loop.now() + kIdle;
    std::size_t scanned = 0;
    for (;;) {
        // RFC 9112 2.2: empty lines before a request line are nothing.
        while (scanned == 0 && in_ && in_.view().starts_with("\r\n")) in_.consume(2);
        if (in_ && !in_.empty()) {
            const HeadRead read = look_at_head(scanned);
            if (read.end != End::incomplete) co_return read;
            if (idle_) deadline = ws_.loop.now() + kHeadTime;
            idle_ = false;
            scanned = in_.size();
            if (in_.room() == 0) in_.compact();
        } else {
            in_.release();
            idle_ = true;
            if (ws_.draining) co_return HeadRead{End::no_more};
        }
        IoStatus status = read_client();
        while (status == IoStatus::would_block_read) {
            unbroken_ = 0;
            const Wait wait = co_await client_.descriptor().wait_readable(deadline);
            if (wait == Wait::timed_out && !idle_) co_return HeadRead{End::too_slow};
            if (wait != Wait::ready) co_return HeadRead{End::no_more};
            status = read_client();
        }
        if (status != IoStatus::ok) co_return HeadRead{End::no_more};
    }
}

Session::HeadRead Session::look_at_head(std::size_t scanned) {
    using End = HeadRead::End;
    const profiles::Limits& limits = ws_.generation->configuration().limits;
    const HeadResult parsed =
        parse_request_head(in_.view(), scanned, limits.header_count, ws_.head);
    if (parsed.state == HeadResult::State::invalid) return {End::invalid, 0, parsed.error};
    if (parsed.state == HeadResult::State::complete) {
        if (parsed.size > limits.header_bytes) return {End::too_large};
        return {End::complete, parsed.size};
    }
    return {in_.size() >= limits.header_bytes ? End::too_large : End::incomplete};
}

/// What the client has sent, if anything: a connection that waits holds no buffer.
IoStatus Session::read_client() {
    if (!client_.descriptor().readable()) return IoStatus::would_block_read;
    if (!in_) in_ = ws_.buffers.take();
    const IoResult got = client_.try_read(in_.tail(), in_.room());
    if (got.ok()) in_.commit(got.bytes);
    if (in_.empty()) in_.release();
    return got.status;
}

Task<Session::After> Session::refuse(HeadRead head) {
    Exchange x;
    x.started = ws_.loop.now();
    const profiles::Limits& limits = ws_.generation->configuration().limits;
    Failure failure;
    failure.code = FailureCode::bad_request;
    failure.side = Side::client;
    if (head.end == HeadRead::End::too_slow) {
        failure.code = FailureCode::request_timeout;
        failure.reason = "The request's head was not complete after 30 seconds.";
        failure.remedy = "Send the whole head at once.";
    } else if (head.end == HeadRead::End::too_large || head.error == HeadError::too_many_fields) {
        failure.code = FailureCode::head_too_large;
        failure.reason = "The request's head is larger than " +
                         std::to_string(limits.header_bytes) + " bytes or has more than " +
                         std::to_string(limits.header_count) + " fields.";
        failure.remedy =
            "Send a smaller head, or raise limits.header_bytes or limits.header_count.";
    } else {
        failure.reason = "The request is not acceptable: " + std::string{to_text(head.error)} + ".";
        failure.remedy = "The client has to send HTTP/1.1 as RFC 9112 says.";
    }
    co_return co_await answer(x, std::move(failure), false);
}

Result<void> Session::prepare(Exchange& x, std::size_t head_size) {
    const Head& head = ws_.head;
    const profiles::Configuration& configuration = ws_.generation->configuration();
    x.method = head.method;
    x.client_minor_version = head.minor_version;
    x.client_keeps = head.keep_alive;
    x.cut_shows = !peer_.is_unix;
    x.request_auth = head.connection_auth;
    x.max_body = configuration.limits.body_bytes;
    x.request_body = BodyMeter{head.framing, head.content_length};
    const std::size_t body_here = x.request_body.take(in_.view().substr(head_size));
    x.first_write = head_size + body_here;
    x.repeatable = x.request_body.done();
    if (!x.repeatable) x.prefers_text = accepts_text(head);

    x.path = x.planned ? x.plan().path : x.planned.error().path;
    if (!x.planned) return std::move(x.planned.error().failure);
    const Plan& plan = x.plan();
    if (x.request_body.invalid()) return body_failure(FailureCode::bad_request, 0);
    if (x.max_body != 0 && std::max(head.content_length, x.request_body.total()) > x.max_body) {
        return body_failure(FailureCode::body_too_large, x.max_body);
    }
    if (plan.would_be) ws_.unmatched.report(plan.host, plan.port, *plan.would_be);
    const Route& route = *plan.route;
    const PoolKeyView key{plan.host, plan.port, route.tls.get()};
    x.origin = &ws_.pool.origin(key, route.tls, route.rules);

    write_request_head(
        head, x.path, plan.authority, ws_.text, route.edits.empty() ? nullptr : &route.edits
    );
    const std::size_t method_size = x.method.size();
    in_.consume(head_size);
    // The buffer was made with room for all that the configuration adds.
    if (!in_.prepend(ws_.text)) throw std::logic_error{"a rewritten head has no room"};
    x.first_write = ws_.text.size() + body_here;
    // The views move along with what they show: the new request line starts with the method and the
    // path.
    const std::string_view line = in_.view().substr(0, in_.view().find('\r'));
    x.method = line.substr(0, method_size);
    x.path = line.substr(method_size + 1, line.rfind(' ') - method_size - 1);
    if (!x.repeatable) {
        x.kept = line;
        x.method = std::string_view{x.kept}.substr(0, method_size);
        x.path = std::string_view{x.kept}.substr(method_size + 1, x.path.size());
    }
    return {};
}

/// What can serve the request at once: the client's own connection, else an idle one; empty where
/// there is neither. A repeated request is not put at the same risk again. Nor is one that signs
/// in: it begins on a connection that nobody has used, and so never has to be repeated.
Result<UpstreamLease> Session::lease_at_hand(Exchange& x, bool repeated) {
    if (repeated) return UpstreamLease{};
    const bool signs_in = x.request_auth != ConnectionAuth::none;
    if (!bound_.empty()) {
        Result<UpstreamLease> own = bound_.take(*x.origin, signs_in);
        if (!own) x.client_keeps = false;
        if (!own || *own) return own;
    }
    if (signs_in) return UpstreamLease{};
    return ws_.pool.lease_idle(*x.origin);
}

/// A connection of the client's own failed: the client's ends with it, as it would have without a
/// proxy, so that both sides begin anew.
void Session::end_with_its_own(Exchange& x, Failure& failure) {
    x.client_keeps = false;
    failure.reason +=
        " The connection was this client's own (NTLM or Negotiate), and the request is not sent "
        "again on another one.";
}

Task<Session::After> Session::exchange(std::size_t head_size) {
    idle_ = false;
    const TimePoint started = ws_.loop.now();
    Exchange x{plan(ws_.generation, ws_.head, peer_, ws_.wall_clock.at(started))};
    x.started = started;
    Result<void> prepared = prepare(x, head_size);
    if (!prepared) {
        Failure failure = std::move(prepared).error();
        co_return co_await answer(x, std::move(failure), x.repeatable);
    }
    bool repeated = false;
    for (;;) {
        x.upstream = nullptr;  // that of an attempt before this one is gone
        x.reused = false;
        Result<UpstreamLease> found = lease_at_hand(x, repeated);
        if (found && !*found) {
            // Who signs in begins on a connection that nobody has used.
            const bool fresh = repeated || x.request_auth != ConnectionAuth::none;
            found = co_await ws_.pool.await_lease(
                *x.origin, fresh ? Wish::fresh : Wish::any, x.connect
            );
            if (found && client_.descriptor().hung_up()) {
                log(x, {});
                std::move(*found).keep();  // nobody waits for the answer: nothing is asked
                co_return After::close;
            }
        }
        if (!found) {
            Failure failure = std::move(found).error();
            co_return co_await answer(x, std::move(failure), x.repeatable);
        }
        UpstreamLease lease = std::move(*found);
        if (x.request_auth != ConnectionAuth::none) lease.bind_to(bound_);
        x.sent = x.response_seen = false;
        x.upstream = &*lease;
        x.reused = lease.reused();
        if (ws_.access.enabled()) x.handed_over = Clock::now();
        Forwarder forwarder{ws_, client_, in_, x, *lease};
        const ForwardEnd end = co_await forwarder.run();
        if (end == ForwardEnd::failed) {
            const bool bound = lease.is_bound_to(bound_);
            const FailedAttempt attempt{lease.reused(), x.sent, x.repeatable, bound};
            Failure failure = forwarder.take_failure();
            const bool again = !repeated && failure.retry == Retry::if_reused && !x.response_seen &&
                               may_send_again(x.plan().route->retry, x.method, attempt);
            if (again) {
                repeated = true;
                continue;
            }
            if (bound) end_with_its_own(x, failure);
            co_return co_await answer(x, std::move(failure), x.repeatable);
        }
        log(x, error_of(forwarder.failure()));
        if (end == ForwardEnd::aborted) {
            reset_on_close(client_.descriptor());  // what it has is not the whole
            co_return After::close;
        }
        if (x.response_auth != ConnectionAuth::none) lease.bind_to(bound_);
        lease->age().signing_in = x.status == 401 && x.response_auth == ConnectionAuth::with_token;
        if (forwarder.upstream_closes()) lease->tls().end_without_goodbye();
        if (forwarder.upstream_reusable()) {
            std::move(lease).keep();
        } else if (lease->age().signing_in) {
            bound_.lose_handshake(*x.origin);
        }
        ws_.tidier.note_use();
        if (x.repeatable) in_.consume(x.first_write);
        if (x.keep_client) co_return After::next_request;
        co_return x.repeatable&& in_.empty() ? After::close : After::linger;
    }
}

}  // namespace countersign::proxy
