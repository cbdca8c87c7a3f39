#include "proxy/net/byte_stream.hpp"

namespace countersign::proxy::net {

namespace {

IoStatus status_of(Wait wait) {
    switch (wait) {
        case Wait::ready:
            return IoStatus::ok;
        case Wait::timed_out:
            return IoStatus::timed_out;
        case Wait::cancelled:
            break;
    }
    return IoStatus::cancelled;
}

}  // namespace

Task<IoStatus> wait_for(Descriptor& descriptor, IoStatus blocked, TimePoint deadline) {
    if (blocked == IoStatus::would_block_read) {
        const Wait wait = co_await descriptor.wait_readable(deadline);
        co_return status_of(wait);
    }
    const Wait wait = co_await descriptor.wait_writable(deadline);
    co_return status_of(wait);
}

}  // namespace countersign::proxy::net
