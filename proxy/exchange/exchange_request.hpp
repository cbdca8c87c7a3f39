#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/exchange/body_meter.hpp"
#include "proxy/exchange/ending.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/request_edits.hpp"
#include "proxy/http/trailers.hpp"
#include "proxy/net/buffer_pool.hpp"

namespace countersign::proxy::exchange {

/// One request, prepared to be sent. `method` and `path` point into the buffer where its head
/// stands until the exchange has ended; or into `kept`, where that buffer is needed for the rest of
/// a long body. So it stays where it is.
struct ExchangeRequest {
    std::string_view method = {};
    std::string_view path = {};      ///< as of http::Destination
    std::uint8_t minor_version = 1;  ///< the client's
    bool client_keeps = false;       ///< the client wants its connection kept
    bool expects_continue = false;   ///< the client waits for the server before it sends its body
    bool cut_shows = true;           ///< the client sees whether its connection was reset or closed
    std::size_t head = 0;            ///< bytes at the front of the buffer: the head,
    std::size_t first_write = 0;     ///< and the body behind it, as far as it is here
    bool repeatable = false;         ///< the whole request stands in the buffer
    BodyMeter body = {};
    std::uint64_t max_body = 0;  ///< 0: any
    std::string upgrade = {};    ///< the protocols that it asks for, as of http::Head; empty: none
    http::TrailerRules trailers = {};
    std::string kept = {};
};

/// What the request's head does not say.
struct RequestTerms {
    bool cut_shows = true;
    std::uint64_t max_body = 0;                 ///< 0: any
    const http::RequestEdits* edits = nullptr;  ///< null: none. Outlives the request
};

/// `request` becomes the one whose `head`, of `head_size` bytes, was read at the front of `in`, and
/// takes its body as far as it is there. `path` is for the caller to say.
void read_request(
    const http::Head& head, std::size_t head_size, const RequestTerms& terms, net::Buffer& in,
    ExchangeRequest& request
);

/// Has the request take what has come behind the first `before` bytes in `in`, of which it is, as
/// its body: so much more of it goes on with the first write. The trailers that may not are taken
/// out of there; those that are not complete, to be sent when they are.
/// Of what follows no more may be read than `room_for_body` says.
void take_body(net::Buffer& in, std::size_t before, ExchangeRequest& request);

/// How much more of the body may be read into `in`: what was taken out of there of trailers, and
/// may go on when they are complete, needs its room.
std::size_t room_for_body(const net::Buffer& in, const ExchangeRequest& request);

/// Why the request is not to be sent, or no further, by what is known of its body: it is malformed,
/// or too large. under_way: it may be.
Ending body_problem(const ExchangeRequest& request);

/// Has `text`, the head as it goes upstream, stand where that of the client, of `head_size` bytes,
/// stood at the front of `in`; method and path are those in `text` from here on. False where it has
/// no room: then nothing is to be sent of it.
bool replace_head(
    net::Buffer& in, std::size_t head_size, std::string_view text, ExchangeRequest& request
);

}  // namespace countersign::proxy::exchange
