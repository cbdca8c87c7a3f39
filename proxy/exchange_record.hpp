#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "profiles/response_leniency.hpp"
#include "proxy/failure.hpp"

namespace countersign::proxy {

/// One exchange that has ended, as all see it who are told of it: the access log and the metrics.
/// Views that live until they have been. Nothing secret is here to be told: no header values but
/// those of X-Request-Id and traceparent, where they look like what they are; the log leaves out
/// the path's query unless the configuration says otherwise.
struct ExchangeRecord {
    std::chrono::system_clock::time_point time;
    std::string_view listener;         ///< its name
    std::string_view client;           ///< "127.0.0.1:50412", "unix"
    std::optional<std::uint32_t> uid;  ///< of a unix socket's other end
    std::string_view name;             ///< the client's in the configuration; empty: it has none
    std::string_view method;
    std::string_view host;
    std::uint16_t port = 0;
    std::string_view path;
    std::string_view address;  ///< that was dialled; empty: no connection was had
    std::string_view profile;
    std::string_view identity;     ///< subject
    std::string_view fingerprint;  ///< of that, in SHA-256
    std::string_view tls_version;  ///< empty: no connection was had
    bool tunnel = false;           ///< and `total` the time for which it was open
    bool resumed = false;
    bool reused = false;                           ///< the connection had served an exchange before
    std::uint16_t status = 0;                      ///< 0: the client got no answer
    profiles::ResponseLeniencies leniencies = {};  ///< that the response needed
    std::uint64_t bytes_in = 0;                    ///< of the request's body
    std::uint64_t bytes_out = 0;                   ///< of head and body sent to the client
    std::chrono::microseconds resolve{0};
    std::chrono::microseconds connect{0};
    std::chrono::microseconds handshake{0};
    std::chrono::microseconds wait{0};  ///< request handed over → first byte of the response
    std::chrono::microseconds total{0};
    /// What became of the client certificate that the server had asked for, and the issuers that it
    /// named, where its answer may be a refusal of it; else empty.
    std::string_view certificate;
    std::string_view issuers;
    std::string_view request_id;  ///< its X-Request-Id, or the proxy's own of it
    std::string_view trace_id;    ///< of its traceparent; empty: it has none
    std::string_view span_id;
    std::string_view trace_flags;
    std::string_view would_be;  ///< `unmatched: report`: the error that there would have been
    std::string_view error;     ///< Proxy-Status error, of static text; empty: all went well
    Side side = Side::proxy;    ///< whose fault, where there is an error
    std::string_view cause;     ///< of that, shortly: what the status line says
};

}  // namespace countersign::proxy
