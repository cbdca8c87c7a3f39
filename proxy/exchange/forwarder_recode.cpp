#include <array>
#include <charconv>
#include <utility>

#include "proxy/exchange/forwarder.hpp"

namespace countersign::proxy {

namespace {

void append_chunk(std::string& out, std::string_view data) {
    if (data.empty()) return;
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16).ptr;
    out.append(size.data(), end);
    out += "\r\n";
    out += data;
    out += "\r\n";
}

}  // namespace

/// Takes what stands in the buffer and appends it to `out` as the client needs it. False where it
/// is not valid.
bool Forwarder::recode(std::string& out) {
    while (!out_.empty() && !response_body_.done()) {
        std::string_view data = out_.view();
        std::size_t size = data.size();
        if (response_body_.framing() == Framing::chunked) {
            const ChunkedScanner::Step step = unchunk_.step(data);
            if (step.state == ChunkedScanner::State::invalid) return false;
            data = step.data;
            size = step.size;
        }
        if (recoded_ == Recoded::to_chunked) {
            append_chunk(out, data);
        } else {
            out += data;
        }
        response_body_.take(out_.view().substr(0, size));
        out_.consume(size);
    }
    surplus_ = surplus_ || !out_.empty();
    out_.clear();
    return true;
}

/// The body's framing changes on its way: one delimited by close is chunked for an HTTP/1.1 client,
/// a chunked one loses its chunks for an HTTP/1.0 client. Rare, so it may copy.
Task<ForwardEnd> Forwarder::relay_recoded() {
    std::string piece = ws_.text;
    for (;;) {
        if (!recode(piece)) co_return cut_short(IoStatus::failed);
        const bool complete = response_body_.done();
        if (!piece.empty()) {
            x_.response_started = true;
            const IoStatus written = co_await client_.write_all(piece, limits_.request_idle);
            if (written != IoStatus::ok) co_return client_failed(written);
            x_.bytes_out += piece.size();
            piece.clear();
        }
        if (complete) co_return ForwardEnd::complete;
        const TimePoint deadline = ws_.reactor.now() + limits_.response_idle;
        const IoResult got = co_await upstream_.read_some(out_.tail(), out_.room(), deadline);
        if (got.ok()) {
            out_.commit(got.bytes);
            continue;
        }
        // Only a close that TLS announces is the end of such a body; any other is a truncation.
        const bool ended =
            got.status == IoStatus::closed && response_body_.framing() == Framing::until_close;
        if (!ended) co_return cut_short(got.status);
        if (recoded_ == Recoded::to_close) co_return ForwardEnd::complete;
        const IoStatus written = co_await client_.write_all("0\r\n\r\n", limits_.request_idle);
        x_.bytes_out += 5;
        if (written != IoStatus::ok) co_return client_failed(written);
        co_return ForwardEnd::complete;
    }
}

}  // namespace countersign::proxy
