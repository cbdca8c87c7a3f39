#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "proxy/exchange/exchange.hpp"
#include "proxy/exchange/forwarding_resources.hpp"
#include "proxy/failure.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/upstream/upstream_lease.hpp"

namespace countersign::proxy {

/// How an attempt to forward ended.
enum class ForwardEnd : std::uint8_t {
    complete,  ///< the whole response went to the client
    failed,    ///< nothing has reached the client; `failure()` says why
    aborted,   ///< the client is gone, or has a part of a response that cannot be completed: close
               ///< its connection
};

/// One exchange over one leased connection, streamed both ways: the response is read while the
/// request's body is still sent, a slow reader slows the sender, and nothing is kept but one buffer
/// each way. One attempt: whether there is another is the session's to decide.
class Forwarder {
public:
    /// `in` holds the prepared request; all of them outlive the forwarder.
    Forwarder(
        ForwardingResources& resources, PlainStream& client, Buffer& in, Exchange& exchange,
        UpstreamConnection& upstream
    );
    ~Forwarder();

    Task<ForwardEnd> run();

    /// After `complete`: whether the upstream connection ended clean and may serve another
    /// exchange.
    bool upstream_reusable() const;
    /// After a complete exchange: the server has said that it ends the connection now.
    bool upstream_closes() const;
    /// After `failed`, and after an `aborted` that is the server's fault; null otherwise.
    const Failure* failure() const { return failure_.get(); }
    Failure take_failure();

private:
    enum class Upload : std::uint8_t {
        running,
        complete,
        client_gone,
        client_late,
        bad_framing,
        too_large,
        upstream_failed,
        stopped
    };

    enum class Recoded : std::uint8_t { no, to_chunked, to_close };

    std::string_view first_bytes() const;
    bool send_at_once();
    Task<ForwardEnd> run_both_ways();
    Task<void> send_request();
    Task<Upload> stream_request_body();
    Upload end_of_read(IoStatus status) const;
    bool over_limit() const;

    Task<ForwardEnd> receive_response();
    HeadResult parse_head(std::size_t scanned);
    IoStatus read_more();
    IoStatus end_of_wait(Wait wait);
    Task<ForwardEnd> pass_interim(std::size_t head_size);
    void begin_response(std::size_t head_size);
    bool answer_at_once();
    Task<ForwardEnd> relay();
    IoStatus fill();
    Task<IoStatus> flush();
    Task<IoStatus> send_head();

    Task<ForwardEnd> relay_recoded();
    bool recode(std::string& out);
    Task<IoStatus> send_piece(const std::string& piece);
    ForwardEnd fail_too_long_to_hold();

    ForwardEnd fail_before_response(IoStatus status);
    ForwardEnd fail(Failure failure);
    ForwardEnd cut_short(IoStatus status);
    ForwardEnd client_failed(IoStatus status);
    ForwardEnd fail_malformed(HeadError error);
    ForwardEnd fail_head_too_large();
    Failure upload_failure() const;
    Failure upstream_failure(IoStatus status);

    ForwardingResources& ws_;
    PlainStream& client_;
    Buffer& in_;
    Exchange& x_;
    UpstreamConnection& upstream_;
    const profiles::Timeouts& limits_;

    Buffer out_;
    BodyMeter response_body_;
    ChunkedScanner unchunk_;
    TimePoint header_deadline_ = kNever;
    IoResult first_write_;
    Upload upload_ = Upload::running;
    Recoded recoded_ = Recoded::no;
    bool head_apart_ = false;       ///< the head did not fit in front of what came with it
    bool write_timed_out_ = false;  ///< the server does not take the request's body
    bool only_interim_ = false;     ///< all that has come are interim responses
    bool upstream_keeps_ = false;
    bool surplus_ = false;
    std::unique_ptr<Failure> failure_;
};

}  // namespace countersign::proxy
