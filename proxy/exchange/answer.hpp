#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/failure.hpp"

namespace countersign::proxy::exchange {

/// What the answer is written for.
struct AnswerContext {
    std::string_view profile;     ///< empty: none was found
    std::string_view host;        ///< of the destination, for `brief_text`
    std::string_view request_id;  ///< by which its line in the access log is found
    std::string_view trace_id;    ///< empty: it belongs to no trace
    bool text = false;            ///< Accept prefers text/plain; else application/problem+json
    bool keep_alive = false;
    bool head_request = false;       ///< no body is sent
    std::uint8_t minor_version = 1;  ///< the client's
};

/// The proxy's own answer, head and body, into `out` (cleared first).
void write_answer(const Failure& failure, const AnswerContext& context, std::string& out);

/// Whether an Accept value prefers text to JSON: it names a text type (a browser's text/html too: a
/// person reads it) and no JSON type before it.
bool prefers_text(std::string_view accept);

}  // namespace countersign::proxy::exchange
