#include "proxy/net/plain_stream.hpp"

#include <sys/socket.h>

#include <array>

#include "proxy/net/turn.hpp"

namespace countersign::proxy {

namespace {

/// Who sends as fast as it can what nobody wants does not keep the others waiting.
constexpr unsigned kReadsPerTurn = 16;

}  // namespace

Task<IoResult> PlainStream::read_some(char* into, std::size_t room, TimePoint deadline) {
    for (;;) {
        if (descriptor_.readable()) {
            const IoResult result = try_read(into, room);
            if (result.status != IoStatus::would_block_read) co_return result;
        }
        const Wait wait = co_await descriptor_.wait_readable(deadline);
        if (wait == Wait::timed_out) co_return IoResult{IoStatus::timed_out, 0};
        if (wait == Wait::cancelled) co_return IoResult{IoStatus::cancelled, 0};
    }
}

Task<IoStatus> PlainStream::write_all(std::string_view bytes, Clock::duration idle) {
    while (!bytes.empty()) {
        const IoResult result = try_write(bytes);
        if (result.ok()) {
            bytes.remove_prefix(result.bytes);
            continue;
        }
        if (result.status == IoStatus::failed) co_return IoStatus::failed;
        const TimePoint deadline = descriptor_.loop().now() + idle;
        const Wait wait = co_await descriptor_.wait_writable(deadline);
        if (wait == Wait::timed_out) co_return IoStatus::timed_out;
        if (wait == Wait::cancelled) co_return IoStatus::cancelled;
    }
    co_return IoStatus::ok;
}

Task<void> PlainStream::linger(TimePoint deadline) {
    if (::shutdown(descriptor_.fd(), SHUT_WR) != 0) co_return;
    std::array<char, 4096> scratch;
    for (unsigned reads = 1;; ++reads) {
        const IoResult result = co_await read_some(scratch.data(), scratch.size(), deadline);
        if (!result.ok() || Clock::now() >= deadline) co_return;
        if (reads % kReadsPerTurn == 0) {
            GiveTurn turn{descriptor_.loop()};
            co_await turn;
        }
    }
}

}  // namespace countersign::proxy
