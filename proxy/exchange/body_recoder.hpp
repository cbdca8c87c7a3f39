#pragma once

#include <string>
#include <string_view>

#include "proxy/exchange/body_meter.hpp"
#include "proxy/http/chunked.hpp"
#include "proxy/http/message_head.hpp"

namespace countersign::proxy::exchange {

/// Changes the framing of a response's body as it streams past: one that is delimited by close is
/// chunked for an HTTP/1.1 client, as is one again whose chunks need not be as they should; a
/// chunked one loses its chunks for an HTTP/1.0 client. Rare, so it may copy. No I/O.
class BodyRecoder {
public:
    BodyRecoder() = default;
    /// `allowed`: as for the BodyMeter.
    explicit BodyRecoder(http::ResponseFraming to, profiles::ResponseLeniencies allowed = {})
        : to_{to}, unchunk_{allowed} {}

    /// Whether the framing changes at all.
    explicit operator bool() const { return to_ != http::ResponseFraming::as_is; }
    http::ResponseFraming to() const { return to_; }

    /// Appends to `out` what the client needs of the body at the front of `bytes`, and says how
    /// many of them belong to it. Where the chunks are not valid, `body.invalid()`.
    std::size_t take(std::string_view bytes, BodyMeter& body, std::string& out);
    /// Behind the whole body. `trailers`: the lines that follow it.
    void append_end(std::string& out, std::string_view trailers = {}) const;

private:
    http::ResponseFraming to_ = http::ResponseFraming::as_is;
    http::ChunkedScanner unchunk_;
};

}  // namespace countersign::proxy::exchange
