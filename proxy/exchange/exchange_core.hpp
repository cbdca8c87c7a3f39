#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "profiles/profile.hpp"
#include "proxy/exchange/backlog.hpp"
#include "proxy/exchange/body_meter.hpp"
#include "proxy/exchange/body_recoder.hpp"
#include "proxy/exchange/client_pace.hpp"
#include "proxy/exchange/ending.hpp"
#include "proxy/exchange/exchange_request.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/head_scratch.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/http/trailers.hpp"
#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::exchange {

/// What an exchange is held to. All of it outlives the core.
struct ExchangeTerms {
    const profiles::Timeouts& timeouts;
    profiles::RetryRule retry = profiles::RetryRule::never;
    std::size_t most_fields = 0;                     ///< of a response's head
    const http::ResponseRewrite* rewrite = nullptr;  ///< null: responses stay as they are
    std::string_view own_via = http::kPlainVia;      ///< of `http::via_line`
    /// The identity's fingerprint, which the client is told where the server was sent it; empty:
    /// it is told nothing.
    std::string_view told_identity = {};
    /// Where responses may be held for clients that take their time; null: nowhere.
    const BacklogTerms* backlog = nullptr;
    /// Bytes a second with which a client has to keep up, while others wait; 0: with none.
    std::uint64_t client_min_rate = 0;
    profiles::ResponseLeniencies leniency = {};
};

/// The connection of an attempt.
struct Attempt {
    bool reused = false;    ///< it had served an exchange before
    bool bound = false;     ///< it is one client's alone
    bool repeated = false;  ///< the request was sent before, on another one
};

/// What an attempt has come to so far.
struct ExchangeProgress {
    bool sent = false;              ///< a byte of the request went out
    bool response_seen = false;     ///< a byte of the response came
    bool response_started = false;  ///< a byte of the final response went to the client
    bool keep_client = false;       ///< the client's connection can serve another exchange
    http::ConnectionAuth response_auth = http::ConnectionAuth::none;
    std::uint16_t status = 0;
    profiles::ResponseLeniencies leniencies = {};  ///< that the response needed
    std::uint64_t bytes_out = 0;
    net::TimePoint first_byte = {};  ///< of the response; none: never
};

/// One attempt to have a request answered over one connection, without the connection: it is told
/// what was moved, what ended and what time it is, and says what is to be moved next. Both ways at
/// once: the response is read while the request's body is still sent, a slow reader slows the
/// sender, and nothing is kept but one buffer each way. No socket, no clock, no coroutine: the same
/// inputs give the same orders. `exchange_pump` moves the bytes.
class ExchangeCore {
public:
    /// `in` holds the prepared request. All of them outlive the core; `scratch` is used within a
    /// call only.
    ExchangeCore(
        const ExchangeTerms& terms, ExchangeRequest& request, net::Buffer& in,
        net::BufferPool& buffers, http::HeadScratch& scratch, net::TimePoint now
    );

    bool over() const { return ending_ != Ending::under_way; }
    Ending ending() const { return ending_; }
    /// Once it is over.
    Verdict verdict(const Attempt& attempt) const;

    // What is to be done now.

    bool writes_server() const { return !over() && upload_ == Upload::sending; }
    bool writes_client() const { return !over() && flushing_; }
    /// What is to be written; empty: nothing.
    std::string_view to_server() const;
    std::string_view to_client() const;
    /// How many bytes of `to_server`, the first of them, are of the request's head.
    std::size_t head_to_server() const {
        return first_write_ && to_send_begin_ < request_.head ? request_.head - to_send_begin_ : 0;
    }
    bool reads_client() const { return !over() && upload_ == Upload::reading; }
    bool reads_server() const { return !over() && (!flushing_ || reads_ahead_); }
    /// Whether what is read from the server begins with a head, or a part of one.
    bool reads_head() const { return download_ != Download::body; }
    /// The server has said all, and only the client is still waited for: the server's connection
    /// can serve another exchange, or end, before this one is over.
    bool lets_go_of_server() const {
        return !over() && flushing_ && ends_as_ == Ending::complete &&
               upload_ == Upload::complete && client_is_full_;
    }
    /// The server has the head of a request with `Expect: 100-continue` and has said nothing: it is
    /// waited for, and not the client, which may go on all the same.
    bool waits_for_word() const;
    /// Where to read to. Takes a buffer where there is none.
    std::span<char> client_room();
    std::span<char> server_room();
    /// Whether `note_identity` is to be called before what comes from the server is told.
    bool asks_for_identity() const {
        return !terms_.told_identity.empty() && progress_.status == 0;
    }
    /// Whether the request, or a part of it, is still to be sent.
    bool uploading() const { return upload_ == Upload::sending || upload_ == Upload::reading; }
    /// When `time` has to be told; kNever: not at all.
    net::TimePoint deadline() const;
    /// Others are to have their turn first, once.
    bool turn_due() const { return turn_due_; }
    bool take_turn() { return std::exchange(turn_due_, false); }
    /// Nothing will happen for a while: gives empty buffers back.
    void rest();

    // What has happened. `result`: of the step that was asked for; `would_block_*` where it could
    // not be done yet.

    /// Whether the server was sent the identity.
    void note_identity(bool sent) { identity_sent_ = sent; }
    void sent_to_server(net::IoResult result, net::TimePoint now);
    void read_from_client(net::IoResult result, net::TimePoint now);
    /// There is nothing to be read from the client now.
    void client_is_silent(net::TimePoint now) { wait_for_client(now); }
    void read_from_server(net::IoResult result, net::TimePoint now);
    void sent_to_client(net::IoResult result, net::TimePoint now);
    void time(net::TimePoint now);
    /// Whether others wait for a connection such as this exchange has. Told before the time is.
    void note_others_wait(bool wait) { others_wait_ = wait; }
    /// The client's connection is gone in both directions.
    void lose_client();
    /// The proxy stops at once.
    void stop();
    /// The proxy is about to stop: this exchange is its client's last.
    void drain() { draining_ = true; }

    // What came of it.

    const ExchangeRequest& request() const { return request_; }
    const ExchangeProgress& progress() const { return progress_; }
    /// Bytes that a response's head may have.
    std::size_t most_head() const { return out_.payload(); }
    http::HeadError head_error() const { return head_error_; }  ///< of `response_malformed`
    /// What is wrong with what is malformed, and where: "chunk 1: blank behind the size". No
    /// values.
    std::string problem() const;
    /// What the profile would have to allow, all of it, so that this passed; none: it cannot.
    profiles::ResponseLeniencies cure() const;
    /// Whose the first bytes look like, where they are no response's: see `http::other_service`.
    std::string_view other_service() const { return other_service_; }
    const profiles::Timeouts& timeouts() const { return terms_.timeouts; }
    std::uint64_t client_min_rate() const { return terms_.client_min_rate; }
    /// Of `server_closed`: what came may be the whole, as its body lasts until the connection ends,
    /// and nothing but TLS's own goodbye is missing.
    bool end_unconfirmed() const { return end_unconfirmed_; }
    /// After `switched`: what the server has said in the other protocol; may be empty.
    net::Buffer take_rest() && { return std::move(out_); }
    /// Whether the request and the response were whole, and the server keeps its connection. Known
    /// as soon as it `lets_go_of_server`.
    bool server_keeps() const { return server_keeps_ && is_clean(); }
    /// The same, and the server has said that it ends the connection now.
    bool server_closes() const { return !server_keeps_ && is_clean(); }

    /// A client that has not taken what is here for so long is one that takes its time.
    static constexpr auto kSlow = std::chrono::milliseconds{200};
    /// How often others are thought of while a client is waited for.
    static constexpr auto kPaceLook = std::chrono::seconds{1};
    /// What is held at most of a body that has to be whole before it is sent.
    static constexpr std::size_t kMostHeld = std::size_t{256} << 10;

private:
    enum class Upload : std::uint8_t { sending, reading, complete, broken };
    enum class Download : std::uint8_t { head, interim, switching, body };

    bool is_clean() const {
        const bool whole = ending_ == Ending::complete || ends_as_ == Ending::complete;
        return whole && upload_ == Upload::complete && !surplus_;
    }
    bool holds_body() const {
        return recoder_.to() == http::ResponseFraming::close && !request_.cut_shows;
    }

    void end_upload(Upload how, net::TimePoint now);
    void give_up_upload(Ending why, net::TimePoint now);

    void read_heads(net::TimePoint now);
    http::HeadResult read_head();
    http::HeadResult read_careless_head(const http::HeadResult& refused);
    bool begin_interim(std::size_t head_size, net::TimePoint now);
    void begin_switch(std::size_t head_size, net::TimePoint now);
    std::string_view identity_to_tell() const;
    void begin_response(std::size_t head_size, net::TimePoint now);
    bool chunks_anew(const http::Head& head) const;
    void take_body(std::size_t bytes, net::TimePoint now);
    void take_trailers();
    void recode(net::TimePoint now);
    void end_of_server(net::IoStatus status, net::TimePoint now);
    void end_body(net::TimePoint now);
    void read_ahead(net::TimePoint now);
    void go_on_reading_ahead();
    bool has_next_part();
    /// The request's body, or what comes of it, has to arrive by `upload_deadline_`.
    bool has_upload_limit() const { return uploading() && !waits_for_word(); }
    void wait_for_client(net::TimePoint now);
    void look_at_pace(net::TimePoint now);
    net::Buffer& body_buffer() { return reads_ahead_ && !recoder_ ? backlog_->last() : out_; }
    void flush(net::TimePoint now);
    void flushed(net::TimePoint now);
    void end(Ending why, net::TimePoint now);
    void finish(Ending why);
    Ending lateness() const;

    const ExchangeTerms& terms_;
    ExchangeRequest& request_;
    net::Buffer& in_;
    net::BufferPool& buffers_;
    http::HeadScratch& scratch_;

    Upload upload_ = Upload::sending;
    Download download_ = Download::head;
    Ending ending_ = Ending::under_way;
    Ending ends_as_ = Ending::under_way;  ///< as soon as the client has all that is here
    http::HeadError head_error_ = http::HeadError::none;
    std::string_view other_service_;
    std::string problem_;                ///< of `response_malformed`
    profiles::ResponseLeniencies cure_;  ///< of that, too
    http::TrailerRules trailers_;
    bool flushing_ = false;        ///< what is here goes to the client first
    bool reads_ahead_ = false;     ///< and the server is read meanwhile
    bool client_is_full_ = false;  ///< it takes nothing at the moment
    bool others_wait_ = false;
    bool first_write_ = true;    ///< that of the prepared request is not over
    bool not_taken_ = false;     ///< the server was late to take the request
    bool only_interim_ = false;  ///< all that has come are interim responses
    bool identity_sent_ = false;
    bool server_keeps_ = false;
    bool surplus_ = false;  ///< the server sent more than its response
    bool draining_ = false;
    bool end_unconfirmed_ = false;
    bool turn_due_ = false;
    std::size_t to_send_begin_ = 0;  ///< of `in_`, and then of `last_to_send_`
    std::size_t to_send_end_ = 0;
    std::size_t taken_ = 0;     ///< of `in_`: what is to be sent, and what is not
    std::string last_to_send_;  ///< the request's trailers
    std::size_t scanned_ = 0;   ///< bytes of an incomplete head that were looked at
    std::size_t text_sent_ = 0;
    std::size_t held_head_ = 0;  ///< bytes of the head in front of a body that is held
    net::TimePoint upload_deadline_;
    net::TimePoint head_deadline_;
    net::TimePoint body_deadline_ = net::kNever;
    net::TimePoint client_deadline_ = net::kNever;
    net::TimePoint slow_from_ = net::kNever;  ///< a client that has not taken what is here by then
    ClientPace pace_;
    net::TimePoint pace_look_ =
        net::kNever;  ///< when it is looked at, where the client is waited for
    std::unique_ptr<Backlog> backlog_;
    net::Buffer out_;
    std::string text_;  ///< what goes to the client and does not stand in `out_`; before that
    BodyMeter response_body_;
    BodyRecoder recoder_;
    ExchangeProgress progress_;
};

}  // namespace countersign::proxy::exchange
