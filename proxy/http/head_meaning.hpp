#pragma once

#include <cstddef>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// What the field lines of a head, each well formed, say together: framing, persistence, Host,
/// Expect. The start line and `fields` are read, the rest of `head` is written. An ambiguity is an
/// error, never a guess (RFC 9112 6.3, 11.2).
struct Meaning {
    HeadError error = HeadError::none;
    std::size_t field = 0;  ///< at which it was seen, counted from 1
};
Meaning understand_request(Head& head);
/// `allowed`: connection_options and http10_chunked are heeded. Where one is needed, the connection
/// is no longer kept.
Meaning understand_response(
    Head& head, bool to_head_request, profiles::ResponseLeniencies allowed = {}
);

}  // namespace countersign::proxy::http
