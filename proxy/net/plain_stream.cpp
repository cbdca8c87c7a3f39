#include "proxy/net/plain_stream.hpp"

#include <sys/socket.h>

#include <array>

#include "proxy/net/turn.hpp"

namespace countersign::proxy::net {

namespace {

/// Who sends as fast as it can what nobody wants does not keep the others waiting.
constexpr unsigned kReadsPerTurn = 16;

}  // namespace

Task<void> PlainStream::linger(TimePoint deadline) {
    if (::shutdown(descriptor_.fd(), SHUT_WR) != 0) co_return;
    std::array<char, 4096> scratch;
    for (unsigned reads = 1;; ++reads) {
        const IoResult result = co_await read_some(*this, scratch.data(), scratch.size(), deadline);
        if (!result.ok() || Clock::now() >= deadline) co_return;
        if (reads % kReadsPerTurn == 0) {
            GiveTurn turn{descriptor_.loop()};
            co_await turn;
        }
    }
}

}  // namespace countersign::proxy::net
