#pragma once

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// What the field lines of a head, each well formed, say together: framing, persistence, Host,
/// Expect. The start line and `fields` are read, the rest of `head` is written. An ambiguity is an
/// error, never a guess (RFC 9112 6.3, 11.2).
HeadError understand_request(Head& head);
HeadError understand_response(Head& head, bool to_head_request);

}  // namespace countersign::proxy::http
