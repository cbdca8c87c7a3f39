#include <cassert>
#include <string>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/http/careless_head.hpp"
#include "proxy/http/head_problem.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/http/other_protocol.hpp"
#include "proxy/http/upgrade.hpp"

namespace countersign::proxy::exchange {

namespace {

/// What Countersign-Identity says where the server was sent no certificate.
constexpr std::string_view kNoIdentity = "none";

}  // namespace

std::span<char> ExchangeCore::server_room() {
    if (!out_) out_ = buffers_.take();
    net::Buffer& into = body_buffer();
    assert(into.room() > 0);
    return {into.tail(), into.room()};
}

void ExchangeCore::read_from_server(net::IoResult result, net::TimePoint now) {
    if (net::would_block(result.status)) {
        // Reading has gone as far as it can: what has come so far goes on.
        if (download_ == Download::body && !holds_body()) flush(now);
        return;
    }
    if (!result.ok()) {
        end_of_server(result.status, now);
        if (reads_ahead_) go_on_reading_ahead();
        return;
    }
    if (!progress_.response_seen) {
        if (waits_for_word()) upload_deadline_ = now + terms_.timeouts.request_idle;
        progress_.response_seen = true;
        progress_.first_byte = now;
    }
    if (download_ == Download::body) {
        take_body(result.bytes, now);
        if (reads_ahead_) go_on_reading_ahead();
        return;
    }
    out_.commit(result.bytes);
    read_heads(now);
}

void ExchangeCore::end_of_server(net::IoStatus status, net::TimePoint now) {
    // Only a close that TLS announces is the end of such a body; any other is a truncation.
    const bool until_close =
        download_ == Download::body && response_body_.framing() == http::Framing::until_close;
    if (until_close && status == net::IoStatus::closed) return end_body(now);
    end_unconfirmed_ = until_close && status == net::IoStatus::truncated;
    end(status == net::IoStatus::refused ? Ending::server_refused : Ending::server_closed, now);
}

/// The heads that stand in the buffer, up to that of the final response.
void ExchangeCore::read_heads(net::TimePoint now) {
    while (!out_.empty()) {
        http::HeadResult parsed = read_head();
        if (parsed.state == http::HeadResult::State::invalid) parsed = read_careless_head(parsed);
        if (parsed.state == http::HeadResult::State::invalid) {
            head_error_ = parsed.error;
            other_service_ = http::other_service(out_.view());
            return finish(Ending::response_malformed);
        }
        if (parsed.state == http::HeadResult::State::incomplete) {
            scanned_ = out_.size();
            if (out_.room() == 0) out_.compact();
            if (out_.room() == 0) finish(Ending::response_head_too_large);
            return;
        }
        scanned_ = 0;
        if (scratch_.head.status >= 200) return begin_response(parsed.size, now);
        if (begin_interim(parsed.size, now)) return;
    }
    if (out_) out_.clear();  // the last head may have ended where the buffer does
}

http::HeadResult ExchangeCore::read_head() {
    return http::parse_response_head(
        out_.view(), scanned_, terms_.most_fields, request_.method == "HEAD", scratch_.head
    );
}

/// What the strict reader has refused, where the profile allows that; else as it was, and said why.
http::HeadResult ExchangeCore::read_careless_head(const http::HeadResult& refused) {
    using profiles::ResponseLeniencies;
    const auto read = [this](ResponseLeniencies allowed) {
        return http::read_careless_head(
            out_.view(), terms_.most_fields, request_.method == "HEAD", allowed, scratch_.mended,
            scratch_.head
        );
    };
    if (!terms_.leniency.empty()) {
        const http::HeadResult mended = read(terms_.leniency);
        if (mended.state == http::HeadResult::State::complete) {
            progress_.leniencies.add(scratch_.head.leniencies);
        }
        if (mended.state != http::HeadResult::State::invalid) return mended;
    }
    problem_ = http::head_problem(out_.view(), refused);
    if (read(ResponseLeniencies::all()).state != http::HeadResult::State::invalid) {
        cure_ = terms_.leniency | scratch_.head.leniencies;
    }
    return refused;
}

std::string ExchangeCore::problem() const {
    switch (ending_) {
        case Ending::response_malformed:
            return problem_;
        case Ending::response_body_malformed:
            return response_body_.chunks().problem();
        case Ending::request_malformed:
            return request_.body.chunks().problem();
        default:
            return {};
    }
}

profiles::ResponseLeniencies ExchangeCore::cure() const {
    if (ending_ == Ending::response_malformed) return cure_;
    const profiles::ResponseLeniencies needed = response_body_.chunks().cure();
    if (ending_ != Ending::response_body_malformed || needed.empty()) return {};
    return terms_.leniency | needed;
}

/// True where the next head has to wait for this one.
bool ExchangeCore::begin_interim(std::size_t head_size, net::TimePoint now) {
    only_interim_ = true;
    turn_due_ = true;  // a server may send them without end
    if (scratch_.head.status == 101) {
        begin_switch(head_size, now);
        return true;
    }
    http::write_response_head(
        scratch_.head, http::ResponseFraming::as_is, request_.minor_version, true, scratch_.text,
        {.own_via = terms_.own_via}
    );
    out_.consume(head_size);
    // RFC 9110 15.2: a 1.0 client must not see a 1xx.
    if (request_.minor_version == 0) return false;
    text_ = scratch_.text;
    download_ = Download::interim;
    flush(now);
    return true;
}

/// What follows is no HTTP. A request that asks for this has no body, and is out.
void ExchangeCore::begin_switch(std::size_t head_size, net::TimePoint now) {
    const http::Head& head = scratch_.head;
    const bool wanted =
        !request_.upgrade.empty() && http::are_among(head.upgrade, request_.upgrade);
    if (!wanted || upload_ != Upload::complete) return finish(Ending::protocol_switched);
    progress_.status = head.status;
    http::write_response_head(
        head, http::ResponseFraming::as_is, request_.minor_version, true, scratch_.text,
        {.own_via = terms_.own_via, .identity = identity_to_tell()}
    );
    out_.consume(head_size);
    text_ = scratch_.text;
    download_ = Download::switching;
    flush(now);
}

std::string_view ExchangeCore::identity_to_tell() const {
    if (terms_.told_identity.empty()) return {};
    return identity_sent_ ? terms_.told_identity : kNoIdentity;
}

/// Chunks that need not be as they should do not pass as they are.
bool ExchangeCore::chunks_anew(const http::Head& head) const {
    using enum profiles::ResponseLeniency;
    if (terms_.leniency.empty() || head.framing != http::Framing::chunked) return false;
    return terms_.leniency.has(bare_lf) || terms_.leniency.has(chunk_blanks) ||
           terms_.leniency.has(chunk_extensions) || terms_.leniency.has(control_characters);
}

void ExchangeCore::begin_response(std::size_t head_size, net::TimePoint now) {
    only_interim_ = false;
    const http::Head& head = scratch_.head;
    const http::ResponseFraming framing = http::response_framing(head, request_.minor_version);
    progress_.status = head.status;
    progress_.response_auth = head.connection_auth;
    progress_.keep_client = request_.client_keeps && framing != http::ResponseFraming::close &&
                            !draining_ && upload_ == Upload::complete;
    server_keeps_ = head.keep_alive && head.framing != http::Framing::until_close;
    response_body_ = BodyMeter{head.framing, head.content_length, terms_.leniency};
    if (!head.connection_options.empty()) trailers_ = http::TrailerRules{head};
    http::write_response_head(
        head, framing, request_.minor_version, progress_.keep_client, scratch_.text,
        {terms_.rewrite, terms_.own_via, identity_to_tell()}
    );
    out_.consume(head_size);
    download_ = Download::body;
    body_deadline_ = now + terms_.timeouts.response_idle;
    const bool anew = framing == http::ResponseFraming::as_is && chunks_anew(head);
    if (framing != http::ResponseFraming::as_is || anew) {
        recoder_ = BodyRecoder{anew ? http::ResponseFraming::chunked : framing, terms_.leniency};
        text_ = scratch_.text;
        held_head_ = text_.size();
        return recode(now);
    }
    const BodyMeter::Taken taken = response_body_.take_all_but_trailers(out_.view());
    if (response_body_.invalid()) return finish(Ending::response_body_malformed);
    surplus_ = taken.size < out_.size();
    out_.drop_back(out_.size() - taken.passes);
    // A server may name itself in any number of Location fields: a head that outgrows the room in
    // front of what came with it goes by itself.
    if (!out_.prepend(scratch_.text)) text_ = scratch_.text;
    if (response_body_.done()) return end_body(now);
    if (out_.room() == 0) flush(now);
}

void ExchangeCore::take_body(std::size_t bytes, net::TimePoint now) {
    body_deadline_ = now + terms_.timeouts.response_idle;
    if (recoder_) {
        out_.commit(bytes);
        return recode(now);
    }
    net::Buffer& into = body_buffer();
    const BodyMeter::Taken taken = response_body_.take_all_but_trailers({into.tail(), bytes});
    into.commit(taken.passes);
    if (taken.size < bytes) surplus_ = true;
    if (response_body_.invalid()) {
        end(Ending::response_body_malformed, now);
    } else if (response_body_.done()) {
        end_body(now);
    } else if (out_.room() == 0) {
        flush(now);
    }
}

/// What stands in the buffer, into `text_`.
void ExchangeCore::recode(net::TimePoint now) {
    const std::size_t taken = recoder_.take(out_.view(), response_body_, text_);
    if (response_body_.invalid()) return finish(Ending::response_body_malformed);
    if (taken < out_.size()) surplus_ = true;
    out_.clear();
    if (response_body_.done()) return end_body(now);
    if (!holds_body()) return flush(now);
    if (text_.size() - held_head_ > kMostHeld) finish(Ending::response_too_long);
}

void ExchangeCore::end_body(net::TimePoint now) {
    progress_.leniencies.add(response_body_.chunks().used());
    if (response_body_.chunks().trailer_bytes() > 0 || recoder_) take_trailers();
    if (holds_body()) {
        // Before the empty line that ends the head.
        const std::string length = std::to_string(text_.size() - held_head_);
        text_.insert(held_head_ - 2, "Content-Length: " + length + "\r\n");
    }
    end(Ending::complete, now);
}

/// The end of a body that does not pass as it is: behind all that is here.
void ExchangeCore::take_trailers() {
    std::string kept;
    trailers_.append(response_body_.chunks().trailers(), kept);
    if (recoder_) return recoder_.append_end(text_, kept);
    if (flushing_) return backlog_->end_with(kept + "\r\n");
    text_.append(out_.view()).append(kept) += "\r\n";
    out_.clear();
}

/// Once the client has all that is here; what was held is here only when it is complete.
void ExchangeCore::end(Ending why, net::TimePoint now) {
    const bool any = download_ == Download::body && (!text_.empty() || !out_.empty());
    if (!any || (holds_body() && why != Ending::complete)) return finish(why);
    ends_as_ = why;
    flush(now);
}

void ExchangeCore::flush(net::TimePoint now) {
    if (flushing_ || (text_.empty() && out_.empty())) return;
    flushing_ = true;
    client_deadline_ = now + terms_.timeouts.request_idle;
    slow_from_ = now + kSlow;
}

std::string_view ExchangeCore::to_client() const {
    if (!writes_client()) return {};
    return text_.empty() ? out_.view() : std::string_view{text_}.substr(text_sent_);
}

void ExchangeCore::sent_to_client(net::IoResult result, net::TimePoint now) {
    client_is_full_ = net::would_block(result.status);
    if (client_is_full_) return wait_for_client(now);
    if (!result.ok()) return finish(Ending::client_gone);
    pace_.moved(result.bytes, now);
    client_deadline_ = now + terms_.timeouts.request_idle;
    if (download_ == Download::body || download_ == Download::switching) {
        progress_.response_started = true;
        progress_.bytes_out += result.bytes;
    }
    if (text_.empty()) {
        out_.consume(result.bytes);
    } else {
        text_sent_ += result.bytes;
        if (text_sent_ < text_.size()) return;
        text_.clear();
        text_sent_ = 0;
    }
    const bool out_follows = download_ == Download::body && !out_.empty();
    if (!out_follows && !(backlog_ && has_next_part())) flushed(now);
}

void ExchangeCore::flushed(net::TimePoint now) {
    flushing_ = false;
    reads_ahead_ = false;
    if (backlog_) backlog_.reset();
    if (download_ == Download::interim) {
        download_ = Download::head;
        return read_heads(now);
    }
    if (download_ == Download::switching) return finish(Ending::switched);
    if (ends_as_ != Ending::under_way) return finish(ends_as_);
    if (out_) out_.clear();
    body_deadline_ = now + terms_.timeouts.response_idle;
}

}  // namespace countersign::proxy::exchange
