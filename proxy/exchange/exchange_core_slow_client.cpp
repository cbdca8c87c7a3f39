#include "proxy/exchange/exchange_core.hpp"

namespace countersign::proxy::exchange {

// What a client that takes its time changes: its response is read ahead, so that the server's
// connection comes free, and where it is very slow and others wait it has to go.

/// The client has not taken what is here for a while.
void ExchangeCore::read_ahead(net::TimePoint now) {
    slow_from_ = net::kNever;
    const bool more = download_ == Download::body && ends_as_ == Ending::under_way;
    if (!more || terms_.backlog == nullptr) return;
    if (!backlog_) backlog_ = std::make_unique<Backlog>(buffers_, *terms_.backlog);
    // What would not be all of it frees nobody.
    if (response_body_.left() > backlog_->most_one()) return;
    reads_ahead_ = true;
    body_deadline_ = now + terms_.timeouts.response_idle;
    go_on_reading_ahead();
}

/// While there is more to come, and room for it.
void ExchangeCore::go_on_reading_ahead() {
    reads_ahead_ =
        !over() && ends_as_ == Ending::under_way &&
        (recoder_ ? backlog_->hold(text_.size() + out_.payload()) : backlog_->make_room());
}

/// The client has taken the buffer that it was sent; whether there is another one.
bool ExchangeCore::has_next_part() {
    if (backlog_->empty()) {
        text_ = backlog_->take_end();
        return !text_.empty();
    }
    net::Buffer next = backlog_->take_first();
    out_ = std::move(next);
    if (reads_ahead_) go_on_reading_ahead();
    return true;
}

void ExchangeCore::wait_for_client(net::TimePoint now) {
    if (pace_.waits() || waits_for_word()) return;
    pace_.wait(now);
    if (pace_.waits() && pace_look_ == net::kNever) pace_look_ = now + kPaceLook;
}

void ExchangeCore::look_at_pace(net::TimePoint now) {
    pace_look_ = pace_.waits() ? now + kPaceLook : net::kNever;
    if (others_wait_ && !pace_.keeps_up(now)) finish(Ending::client_too_slow);
}

}  // namespace countersign::proxy::exchange
