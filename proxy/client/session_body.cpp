#include <cstring>
#include <string>

#include "proxy/client/session.hpp"
#include "proxy/exchange/exchange_failure.hpp"

namespace countersign::proxy::client {

// Where many connections of a destination wait for the rest of a request already, a further one is
// taken when the body is whole, or fills a buffer: who sends a byte now and then takes nobody's
// place meanwhile.

namespace {

/// What a session has read, out of its buffer for the time of a wait: of the size that it needs,
/// and counted for what all may hold.
class SetAside {
public:
    explicit SetAside(net::MemoryBudget& budget) : share_{budget} {}

    /// False where no more may be held; then the buffer stays as it is.
    bool take(net::Buffer& buffer, std::uint64_t most) {
        if (!share_.grow(buffer.size(), most)) return false;
        bytes_.assign(buffer.view());
        buffer.release();
        return true;
    }
    net::Buffer give_back(net::BufferPool& buffers) {
        net::Buffer buffer = buffers.take_with_room_for(bytes_.size());
        std::memcpy(buffer.tail(), bytes_.data(), bytes_.size());
        buffer.commit(bytes_.size());
        std::string{}.swap(bytes_);
        share_.shrink(share_.size());
        return buffer;
    }

private:
    net::MemoryBudget::Share share_;
    std::string bytes_;
};

}  // namespace

net::Task<Session::BodyWait> Session::wait_for_body(exchange::Exchange& x) {
    const auto idle = x.plan().rules->timeouts.request_idle;
    net::TimePoint deadline = ws_.loop.now() + idle;
    SetAside aside{ws_.buffered};
    for (;;) {
        const std::size_t before = in_.size();
        if (const std::optional<BodyWait> end = take_body(x)) co_return *end;
        if (in_.size() > before) deadline = ws_.loop.now() + idle;
        // Where no more may be held it has a connection, as if there was none of this.
        if (!aside.take(in_, x.configuration().limits.buffered)) co_return BodyWait::goes_on;
        const net::Wait wait = co_await client_.descriptor().wait_readable(deadline);
        in_ = aside.give_back(ws_.buffers);
        if (wait == net::Wait::ready) continue;
        x.failure = wait == net::Wait::cancelled
                        ? stopping_failure()
                        : exchange::body_failure(exchange::Ending::request_late, x.request);
        co_return BodyWait::failed;
    }
}

std::optional<Session::BodyWait> Session::take_body(exchange::Exchange& x) {
    exchange::ExchangeRequest& request = x.request;
    while (const std::size_t room = exchange::room_for_body(in_, request)) {
        const net::IoResult got = client_.try_read(in_.tail(), room);
        if (net::would_block(got.status)) return std::nullopt;
        if (!got.ok()) {
            record(x, {});
            return BodyWait::client_gone;
        }
        const std::size_t before = in_.size();
        in_.commit(got.bytes);
        exchange::take_body(in_, before, request);
        const exchange::Ending problem = exchange::body_problem(request);
        if (problem != exchange::Ending::under_way) {
            x.failure = exchange::body_failure(problem, request);
            return BodyWait::failed;
        }
        if (request.repeatable) break;
    }
    return BodyWait::goes_on;
}

}  // namespace countersign::proxy::client
