#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "proxy/exchange/forwarder.hpp"
#include "proxy/net/turn.hpp"

namespace countersign::proxy {

namespace {

/// Of a record each, 16 KiB: a quarter of a MiB.
constexpr unsigned kReadsPerTurn = 16;
constexpr std::size_t kMostHeld = std::size_t{256} << 10;

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
    // Only its close ends such a body for the client, and a cut one must not look the same.
    const bool held = recoded_ == Recoded::to_close && !x_.cut_shows;
    std::string piece = ws_.text;
    const std::size_t head_size = piece.size();
    bool ended = false;
    for (unsigned reads = 1; !ended; ++reads) {
        if (!recode(piece)) co_return cut_short(IoStatus::failed);
        ended = response_body_.done();
        if (held && piece.size() - head_size > kMostHeld) co_return fail_too_long_to_hold();
        if (!held && !piece.empty()) {
            const IoStatus written = co_await send_piece(piece);
            if (written != IoStatus::ok) co_return client_failed(written);
            piece.clear();
        }
        if (ended) break;
        const TimePoint deadline = ws_.loop.now() + limits_.response_idle;
        const IoResult got = co_await upstream_.read_some(out_.tail(), out_.room(), deadline);
        out_.commit(got.bytes);
        // Only a close that TLS announces is the end of such a body; any other is a truncation.
        ended = got.status == IoStatus::closed && response_body_.framing() == Framing::until_close;
        if (!got.ok() && !ended) co_return cut_short(got.status);
        if (reads % kReadsPerTurn == 0) {
            GiveTurn turn{ws_.loop};
            co_await turn;
            if (ws_.loop.cancelled()) co_return cut_short(IoStatus::cancelled);
        }
    }
    if (recoded_ == Recoded::to_chunked) piece = "0\r\n\r\n";
    if (held) {
        // Before the empty line that ends the head.
        const std::string length = std::to_string(piece.size() - head_size);
        piece.insert(head_size - 2, "Content-Length: " + length + "\r\n");
    }
    const IoStatus written = co_await send_piece(piece);
    if (written != IoStatus::ok) co_return client_failed(written);
    co_return ForwardEnd::complete;
}

Task<IoStatus> Forwarder::send_piece(const std::string& piece) {
    if (piece.empty()) co_return IoStatus::ok;
    x_.response_started = true;
    const IoStatus written = co_await client_.write_all(piece, limits_.request_idle);
    if (written == IoStatus::ok) x_.bytes_out += piece.size();
    co_return written;
}

ForwardEnd Forwarder::fail_too_long_to_hold() {
    Failure failure;
    failure.code = FailureCode::response_too_long;
    failure.side = Side::client;
    failure.reason =
        "The response does not say its length, and the client speaks HTTP/1.0 on a unix socket, "
        "where a response that was cut would look whole. So it is held until it is complete, up "
        "to " +
        std::to_string(kMostHeld) + " bytes, and it is longer.";
    failure.remedy = "Let the client speak HTTP/1.1, or use a listener on a TCP address.";
    return fail(std::move(failure));
}

}  // namespace countersign::proxy
