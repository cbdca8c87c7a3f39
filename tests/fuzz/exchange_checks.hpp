#pragma once

#include <string>
#include <string_view>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/http/response_rewrite.hpp"
#include "tests/fuzz/exchange_script.hpp"

namespace countersign::fuzz {

/// What the operator has set for requests, where the script says so: X-Set is "operator", X-Secret
/// goes.
const proxy::http::RequestEdits& operators_edits();
/// The ids of the proxy's own.
inline constexpr std::string_view kOwnRequestId = "0123456789abcdef";
inline constexpr std::string_view kOwnTrace =
    "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
/// What the client is told that the server was sent.
inline constexpr std::string_view kIdentity = "fingerprint";

/// What is rewritten, where the script says so: of the server https://a.example; plain.example is
/// another one that the client reaches by http://. The listener that has one upstream is called
/// front.example:8080.
const proxy::http::ResponseRewrite& rewrite_of(const ExchangeScript& script);

/// One attempt that is over.
struct EndedAttempt {
    const ExchangeScript& script;
    const proxy::exchange::ExchangeRequest& request;
    const proxy::exchange::ExchangeCore& core;
    proxy::exchange::Attempt attempt;
    std::string_view method;       ///< as the client wrote it
    std::string_view client_said;  ///< all of it
    std::string_view at_server;
    std::string_view server_said;  ///< in this attempt
    std::string_view at_client;    ///< likewise
    bool server_closed;            ///< and said so
    bool server_ended;             ///< in whatever way
    std::string_view in_buffer;    ///< what the client's buffer holds
    std::string_view prepared;     ///< what stood there when the request was ready
};

/// Requires that what has reached each side is what the other said, read by a reader that is not
/// the proxy's, and that what is said of both connections is true.
void check(const EndedAttempt& ended);

}  // namespace countersign::fuzz
