#pragma once

#include <cstddef>
#include <string_view>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// What `parse_*` found at the front of `bytes`.
struct HeadResult {
    enum class State : std::uint8_t { incomplete, complete, invalid } state = State::incomplete;
    std::size_t size = 0;  ///< complete: bytes of the head, its empty line included
    HeadError error = HeadError::none;
    std::size_t field = 0;  ///< invalid: the line that it was seen at; 0: the start line
};

/// Reads a request head at the front of `bytes`. Strict (RFC 9112): CRLF only, no obs-fold, no
/// white space before a colon, no control characters, unambiguous framing, one Host. Empty lines
/// before the request line are the caller's to skip (RFC 9112 2.2). `scanned` is how many of
/// `bytes` an earlier call, which gave `incomplete`, was shown (0 at first). `head` is meaningful
/// where the result is `complete`. A line is judged as soon as its end is there, so that what can
/// only be refused is refused at once, and equally however the head is cut into reads.
HeadResult parse_request_head(
    std::string_view bytes, std::size_t scanned, std::size_t max_fields, Head& head
);

/// Reads a response head; `to_head_request` says whether HEAD was asked, for the framing (RFC
/// 9112 6.3). `allowed`: what its fields may say that they should not; how they are written is held
/// to the same strictness: see `careless_head`.
HeadResult parse_response_head(
    std::string_view bytes, std::size_t scanned, std::size_t max_fields, bool to_head_request,
    Head& head, profiles::ResponseLeniencies allowed = {}
);

}  // namespace countersign::proxy::http
