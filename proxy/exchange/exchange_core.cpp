#include "proxy/exchange/exchange_core.hpp"

#include <algorithm>
#include <cassert>

#include "proxy/exchange/retry_policy.hpp"

namespace countersign::proxy::exchange {

// What concerns the whole exchange, and the request's way to the server; the response's way to the
// client is in exchange_core_response.cpp, and what a slow client changes in
// exchange_core_slow_client.cpp.

ExchangeCore::ExchangeCore(
    const ExchangeTerms& terms, ExchangeRequest& request, net::Buffer& in, net::BufferPool& buffers,
    http::HeadScratch& scratch, net::TimePoint now
)
    : terms_{terms},
      request_{request},
      in_{in},
      buffers_{buffers},
      scratch_{scratch},
      to_send_end_{request.first_write},
      taken_{request.first_write},
      upload_deadline_{now + terms.timeouts.request_idle},
      head_deadline_{now + terms.timeouts.response_header},
      pace_{terms.client_min_rate} {}

Verdict ExchangeCore::verdict(const Attempt& attempt) const {
    assert(over());
    if (ending_ == Ending::complete) return Verdict::done;
    if (ending_ == Ending::switched) return Verdict::tunnel;
    const bool client_is_lost =
        ending_ == Ending::client_gone || ending_ == Ending::response_not_taken;
    const bool amid_interim = text_sent_ > 0;
    if (client_is_lost || progress_.response_started || amid_interim) return Verdict::cut;
    if (ending_ != Ending::server_closed || progress_.response_seen || attempt.repeated) {
        return Verdict::answer;
    }
    const FailedAttempt failed{attempt.reused, progress_.sent, request_.repeatable, attempt.bound};
    const bool again = may_send_again(terms_.retry, request_.method, failed);
    return again ? Verdict::again : Verdict::answer;
}

void ExchangeCore::finish(Ending why) {
    if (!over()) ending_ = why;
}

void ExchangeCore::lose_client() { finish(Ending::client_gone); }
void ExchangeCore::stop() { finish(Ending::stopped); }

net::TimePoint ExchangeCore::deadline() const {
    // While the request's body is still sent, the time for the answer has not begun.
    const bool uploads = has_upload_limit();
    net::TimePoint first = std::min(uploads ? upload_deadline_ : net::kNever, pace_look_);
    if (flushing_) {
        first = std::min({first, client_deadline_, slow_from_});
        return reads_ahead_ ? std::min(first, body_deadline_) : first;
    }
    if (download_ == Download::body) return std::min(first, body_deadline_);
    return uploads ? first : std::min(first, head_deadline_);
}

void ExchangeCore::time(net::TimePoint now) {
    if (over()) return;
    if (pace_look_ <= now) look_at_pace(now);
    if (over()) return;
    if (has_upload_limit() && upload_deadline_ <= now) {
        if (upload_ == Upload::reading) {
            give_up_upload(Ending::request_late, now);
        } else {
            // The server does not take the rest. It may still say why.
            not_taken_ = true;
            end_upload(Upload::broken, now);
        }
    }
    if (flushing_) {
        if (client_deadline_ <= now) return finish(Ending::response_not_taken);
        if (slow_from_ <= now) read_ahead(now);
        if (reads_ahead_ && body_deadline_ <= now) {
            reads_ahead_ = false;
            ends_as_ = Ending::response_stalled;
        }
    } else if (download_ == Download::body) {
        if (body_deadline_ <= now) finish(Ending::response_stalled);
    } else if (!has_upload_limit() && head_deadline_ <= now) {
        finish(lateness());
    }
}

/// Why there is no final response after all this time.
Ending ExchangeCore::lateness() const {
    if (not_taken_) return Ending::request_not_taken;
    if (only_interim_) return Ending::only_interim;
    return progress_.response_seen ? Ending::head_stalled : Ending::no_response;
}

void ExchangeCore::rest() {
    if (out_ && out_.empty()) out_.release();
    if (in_ && in_.empty()) in_.release();
}

std::string_view ExchangeCore::to_server() const {
    if (!writes_server()) return {};
    if (to_send_begin_ >= to_send_end_ && !last_to_send_.empty()) {
        return std::string_view{last_to_send_}.substr(to_send_begin_ - to_send_end_);
    }
    return in_.view().substr(to_send_begin_, to_send_end_ - to_send_begin_);
}

void ExchangeCore::sent_to_server(net::IoResult result, net::TimePoint now) {
    // Where it has to wait, a part of it may go out before the rest fails.
    if (result.ok() || net::would_block(result.status)) progress_.sent = true;
    if (net::would_block(result.status)) return;
    // Who does not listen any more may still have said why.
    if (!result.ok()) return end_upload(Upload::broken, now);
    upload_deadline_ = now + terms_.timeouts.request_idle;
    to_send_begin_ += result.bytes;
    if (to_send_begin_ < to_send_end_ + last_to_send_.size()) return;
    // A request that may be sent again stands where it is until its exchange is over.
    const bool stays = first_write_ && request_.repeatable;
    if (!stays) in_.consume(taken_);
    first_write_ = false;
    if (request_.body.done()) return end_upload(Upload::complete, now);
    upload_ = Upload::reading;
    if (waits_for_word()) head_deadline_ = now + terms_.timeouts.response_header;
}

bool ExchangeCore::waits_for_word() const {
    return request_.expects_continue && upload_ == Upload::reading && !progress_.response_seen &&
           request_.body.total() == 0;
}

std::span<char> ExchangeCore::client_room() {
    if (!in_) {
        in_ = buffers_.take();
    } else {
        in_.clear();
    }
    return {in_.tail(), in_.room()};
}

void ExchangeCore::read_from_client(net::IoResult result, net::TimePoint now) {
    if (net::would_block(result.status)) return wait_for_client(now);
    if (!result.ok()) return give_up_upload(Ending::client_gone, now);
    pace_.moved(result.bytes, now);
    in_.commit(result.bytes);
    const BodyMeter::Taken taken = request_.body.take_all_but_trailers(in_.view());
    const Ending problem = body_problem(request_);
    if (problem != Ending::under_way) return give_up_upload(problem, now);
    upload_deadline_ = now + terms_.timeouts.request_idle;
    to_send_begin_ = 0;
    to_send_end_ = taken.passes;
    taken_ = taken.size;
    if (taken.ends_in_trailers) {
        request_.trailers.append(request_.body.chunks().trailers(), last_to_send_);
        last_to_send_ += "\r\n";
    }
    if (to_send_end_ > 0 || !last_to_send_.empty()) upload_ = Upload::sending;
}

void ExchangeCore::end_upload(Upload how, net::TimePoint now) {
    upload_ = how;
    head_deadline_ = now + terms_.timeouts.response_header;
}

/// The answer to a request that will never be complete need not be waited for. One that has begun
/// goes on.
void ExchangeCore::give_up_upload(Ending why, net::TimePoint now) {
    end_upload(Upload::broken, now);
    if (!progress_.response_started) finish(why);
}

}  // namespace countersign::proxy::exchange
