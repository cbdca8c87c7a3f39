#include "proxy/exchange/forwarder.hpp"

#include <exception>
#include <utility>

#include "proxy/http/message_head.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy {

namespace {

/// Where both sides keep up, a body would pass without a wait: others get their turn after a MiB or
/// so.
constexpr unsigned kBuffersPerTurn = 16;

bool would_block(IoStatus status) {
    return status == IoStatus::would_block_read || status == IoStatus::would_block_write;
}

}  // namespace

Forwarder::Forwarder(
    ForwardingResources& resources, PlainStream& client, Buffer& in, Exchange& exchange,
    UpstreamConnection& upstream
)
    : ws_{resources},
      client_{client},
      in_{in},
      x_{exchange},
      upstream_{upstream},
      limits_{exchange.origin->rules->timeouts} {
    client_.descriptor().cancel_on_hang_up(&upstream_.descriptor());
}

Forwarder::~Forwarder() { client_.descriptor().cancel_on_hang_up(nullptr); }

/// The common exchange, a request that is here as a whole and leaves in one write, needs no second
/// task.
Task<ForwardEnd> Forwarder::run() {
    header_deadline_ = ws_.loop.now() + limits_.response_header;
    if (send_at_once()) return receive_response();
    return run_both_ways();
}

std::string_view Forwarder::first_bytes() const { return in_.view().substr(0, x_.first_write); }

bool Forwarder::send_at_once() {
    first_write_ = upstream_.tls().try_write(first_bytes());
    // Where it has to wait, a part of it may go out before the rest fails.
    x_.sent = first_write_.ok() || would_block(first_write_.status);
    if (first_write_.bytes < x_.first_write || !x_.request_body.done()) return false;
    upload_ = Upload::complete;
    return true;
}

Task<ForwardEnd> Forwarder::run_both_ways() {
    Task<void> upload = send_request();
    upload.start();
    ForwardEnd end = ForwardEnd::aborted;
    std::exception_ptr error;
    try {
        end = co_await receive_response();
    } catch (...) {
        error = std::current_exception();  // the upload has to end before this frame does
    }
    if (!upload.finished()) {
        // The response is over before the request: what is left of that goes nowhere.
        upload_ = Upload::stopped;
        client_.descriptor().cancel();
        upstream_.descriptor().cancel();
    }
    co_await upload;
    client_.descriptor().allow_waits();
    if (error) std::rethrow_exception(error);
    co_return end;
}

Task<void> Forwarder::send_request() {
    IoStatus status = first_write_.status;
    const std::string_view rest = first_bytes().substr(first_write_.bytes);
    if (!rest.empty() && (first_write_.ok() || would_block(status))) {
        status = co_await upstream_.write_all(rest, limits_.request_idle);
    }
    Upload end = Upload::complete;
    if (status != IoStatus::ok) {
        end = Upload::upstream_failed;
    } else if (!x_.request_body.done()) {
        in_.consume(x_.first_write);
        end = co_await stream_request_body();
        header_deadline_ = ws_.loop.now() + limits_.response_header;
    }
    if (upload_ == Upload::running) upload_ = end;
    const bool hopeless = end != Upload::complete && end != Upload::upstream_failed;
    // The answer to a request that will never be complete need not be waited for. Where the server
    // does not listen any more, it may still have said why.
    if (hopeless && !x_.response_started) upstream_.descriptor().cancel();
}

Task<Forwarder::Upload> Forwarder::stream_request_body() {
    unsigned buffers = 0;
    while (!x_.request_body.done()) {
        if (upload_ == Upload::stopped || ws_.loop.cancelled()) co_return Upload::stopped;
        in_.clear();
        const TimePoint deadline = ws_.loop.now() + limits_.request_idle;
        const IoResult got = co_await client_.read_some(in_.tail(), in_.room(), deadline);
        if (!got.ok()) co_return end_of_read(got.status);
        in_.commit(got.bytes);
        const std::size_t taken = x_.request_body.take(in_.view());
        if (x_.request_body.invalid()) co_return Upload::bad_framing;
        if (over_limit()) co_return Upload::too_large;
        const IoStatus status =
            co_await upstream_.write_all(in_.view().substr(0, taken), limits_.request_idle);
        if (status != IoStatus::ok) {
            write_timed_out_ = status == IoStatus::timed_out;
            co_return Upload::upstream_failed;
        }
        in_.consume(taken);
        if (++buffers % kBuffersPerTurn == 0) {
            GiveTurn turn{ws_.loop};
            co_await turn;
        }
    }
    co_return Upload::complete;
}

Forwarder::Upload Forwarder::end_of_read(IoStatus status) const {
    if (status == IoStatus::timed_out) return Upload::client_late;
    return status == IoStatus::cancelled ? Upload::stopped : Upload::client_gone;
}

bool Forwarder::over_limit() const {
    return x_.max_body != 0 && x_.request_body.total() > x_.max_body;
}

Task<ForwardEnd> Forwarder::receive_response() {
    std::size_t scanned = 0;
    for (;;) {
        const HeadResult parsed = parse_head(scanned);
        if (parsed.state == HeadResult::State::complete) {
            if (ws_.head.status >= 200) {
                begin_response(parsed.size);
                break;
            }
            const ForwardEnd passed = co_await pass_interim(parsed.size);
            if (passed != ForwardEnd::complete) co_return passed;
            scanned = 0;
            // A server may send them without end.
            GiveTurn turn{ws_.loop};
            co_await turn;
            if (ws_.loop.cancelled()) co_return fail_before_response(IoStatus::cancelled);
            const bool late = header_deadline_ <= ws_.loop.now() && upload_ != Upload::running;
            if (late && out_.empty()) co_return fail_before_response(IoStatus::timed_out);
            continue;
        }
        if (parsed.state == HeadResult::State::invalid) co_return fail_malformed(parsed.error);
        if (out_ && out_.room() == 0) out_.compact();
        if (out_ && out_.room() == 0) co_return fail_head_too_large();
        scanned = out_ ? out_.size() : 0;
        IoStatus status = read_more();
        while (would_block(status)) {
            Wait wait = Wait::ready;
            if (status == IoStatus::would_block_read) {
                wait = co_await upstream_.descriptor().wait_readable(header_deadline_);
            } else {
                wait = co_await upstream_.descriptor().wait_output_as_reader(header_deadline_);
            }
            status = wait == Wait::ready ? read_more() : end_of_wait(wait);
        }
        if (status != IoStatus::ok) co_return fail_before_response(status);
    }
    if (response_body_.invalid()) co_return cut_short(IoStatus::failed);
    if (answer_at_once()) co_return ForwardEnd::complete;
    co_return co_await relay();
}

HeadResult Forwarder::parse_head(std::size_t scanned) {
    if (out_.empty()) return {};
    const std::size_t max_fields = x_.plan().generation->configuration().limits.header_count;
    return parse_response_head(out_.view(), scanned, max_fields, x_.method == "HEAD", ws_.head);
}

/// Bytes of the response's head, if there are any. A wait holds no buffer while nothing has come.
IoStatus Forwarder::read_more() {
    TlsStream& tls = upstream_.tls();
    if (!out_) {
        if (!upstream_.descriptor().readable() && !tls.has_pending()) {
            return IoStatus::would_block_read;
        }
        out_ = ws_.buffers.take();
    }
    const IoResult got = tls.try_read(out_.tail(), out_.room());
    if (!got.ok()) {
        if (out_.empty()) out_.release();  // only tickets came
        tls.release_buffers();
        return got.status;
    }
    out_.commit(got.bytes);
    if (!x_.response_seen) {
        x_.response_seen = true;
        // When the loop saw the response come, not when it got round to it. None where the
        // response was there already: zero.
        if (const TimePoint seen = ws_.loop.now(); seen > x_.handed_over) {
            x_.wait = std::chrono::duration_cast<std::chrono::microseconds>(seen - x_.handed_over);
        }
    }
    return IoStatus::ok;
}

/// Of a wait that ended without anything to read: would_block_read where it has to go on.
IoStatus Forwarder::end_of_wait(Wait wait) {
    if (wait == Wait::cancelled) return IoStatus::cancelled;
    // While the request's body is still sent, the time for the answer has not begun.
    const bool late = header_deadline_ <= ws_.loop.now();
    if (late && upload_ != Upload::running) return IoStatus::timed_out;
    if (late) header_deadline_ = ws_.loop.now() + limits_.response_header;
    return IoStatus::would_block_read;
}

Task<ForwardEnd> Forwarder::pass_interim(std::size_t head_size) {
    only_interim_ = true;
    const bool switching = ws_.head.status == 101;
    if (switching) {
        Failure failure;
        failure.code = FailureCode::response_malformed;
        failure.side = Side::upstream;
        failure.reason = "The server switched protocols (101), which nobody asked for.";
        failure.remedy = "The server has to be mended.";
        co_return fail(std::move(failure));
    }
    write_response_head(ws_.head, ResponseFraming::as_is, x_.client_minor_version, true, ws_.text);
    out_.consume(head_size);
    // RFC 9110 15.2: a 1.0 client must not see a 1xx.
    if (x_.client_minor_version == 0) co_return ForwardEnd::complete;
    const std::string interim = ws_.text;
    const IoStatus status = co_await client_.write_all(interim, limits_.request_idle);
    co_return status == IoStatus::ok ? ForwardEnd::complete : ForwardEnd::aborted;
}

void Forwarder::begin_response(std::size_t head_size) {
    only_interim_ = false;
    const Head& head = ws_.head;
    const ResponseFraming framing = response_framing(head, x_.client_minor_version);
    x_.status = head.status;
    x_.response_auth = head.connection_auth;
    upstream_keeps_ = head.keep_alive && head.framing != Framing::until_close;
    x_.keep_client = x_.client_keeps && framing != ResponseFraming::close && !ws_.draining &&
                     upload_ == Upload::complete;
    response_body_ = BodyMeter{head.framing, head.content_length};
    write_response_head(
        head, framing, x_.client_minor_version, x_.keep_client, ws_.text, x_.plan().rewrite.get()
    );
    out_.consume(head_size);
    recoded_ = framing == ResponseFraming::chunked ? Recoded::to_chunked
               : framing == ResponseFraming::close ? Recoded::to_close
                                                   : Recoded::no;
    if (recoded_ != Recoded::no) return;
    const std::size_t taken = response_body_.take(out_.view());
    surplus_ = taken < out_.size();
    out_.drop_back(out_.size() - taken);
    head_apart_ = !out_.prepend(ws_.text);
}

/// A response that is here as a whole, and that the client takes in one write.
bool Forwarder::answer_at_once() {
    if (recoded_ != Recoded::no || head_apart_ || !response_body_.done()) return false;
    x_.response_started = true;
    const IoResult written = client_.try_write(out_.view());
    x_.bytes_out += written.bytes;
    out_.consume(written.bytes);
    return written.ok() && out_.empty();
}

Task<ForwardEnd> Forwarder::relay() {
    if (recoded_ != Recoded::no) co_return co_await relay_recoded();
    if (head_apart_) {
        const IoStatus sent = co_await send_head();
        if (sent != IoStatus::ok) co_return client_failed(sent);
    }
    unsigned buffers = 0;
    for (;;) {
        const IoStatus filled = fill();
        if (!out_.empty()) {
            const IoStatus flushed = co_await flush();
            if (flushed != IoStatus::ok) co_return client_failed(flushed);
        }
        if (response_body_.done()) co_return ForwardEnd::complete;
        if (filled == IoStatus::ok) {
            if (++buffers % kBuffersPerTurn == 0) {
                GiveTurn turn{ws_.loop};
                co_await turn;
                if (ws_.loop.cancelled()) co_return cut_short(IoStatus::cancelled);
            }
            continue;
        }
        if (!would_block(filled)) co_return cut_short(filled);
        out_.release();
        const TimePoint deadline = ws_.loop.now() + limits_.response_idle;
        const IoStatus waited = co_await upstream_.wait_for(filled, deadline);
        if (waited != IoStatus::ok) co_return cut_short(waited);
    }
}

/// A head that grew beyond the room in front of it: a server may name itself in any number of
/// Location fields. Rare, so it may copy.
Task<IoStatus> Forwarder::send_head() {
    const std::string head = ws_.text;
    x_.response_started = true;
    const IoStatus status = co_await client_.write_all(head, limits_.request_idle);
    if (status == IoStatus::ok) x_.bytes_out += head.size();
    out_.compact();  // the head that came may have filled it to its end
    co_return status;
}

/// Reads until the body is complete, the buffer full (ok) or nothing is there.
IoStatus Forwarder::fill() {
    if (!out_) out_ = ws_.buffers.take();
    while (!response_body_.done() && out_.room() > 0) {
        const IoResult got = upstream_.tls().try_read(out_.tail(), out_.room());
        if (!got.ok()) return got.status;
        const std::string_view bytes{out_.tail(), got.bytes};
        const std::size_t taken = response_body_.take(bytes);
        if (response_body_.invalid()) return IoStatus::failed;
        out_.commit(taken);
        if (taken < got.bytes) surplus_ = true;
    }
    return IoStatus::ok;
}

Task<IoStatus> Forwarder::flush() {
    x_.response_started = true;
    const IoResult written = client_.try_write(out_.view());
    IoStatus status = written.status;
    if (written.ok() && written.bytes < out_.size()) {
        const std::string_view rest = out_.view().substr(written.bytes);
        status = co_await client_.write_all(rest, limits_.request_idle);
    } else if (would_block(status)) {
        status = co_await client_.write_all(out_.view(), limits_.request_idle);
    }
    if (status == IoStatus::ok) x_.bytes_out += out_.size();
    out_.clear();
    co_return status;
}

bool Forwarder::upstream_reusable() const {
    return upstream_keeps_ && upload_ == Upload::complete && !surplus_ &&
           !upstream_.tls().has_pending();
}

bool Forwarder::upstream_closes() const {
    return !upstream_keeps_ && upload_ == Upload::complete && !surplus_;
}

Failure Forwarder::take_failure() { return std::move(*failure_); }

}  // namespace countersign::proxy
