#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "profiles/response_leniency.hpp"

namespace countersign::proxy::http {

/// Fields whose meaning the proxy acts on; everything else is `other` and passes through.
enum class FieldName : std::uint8_t {
    other,
    authorization,
    connection,
    content_length,
    countersign_identity,
    countersign_profile,
    expect,
    host,
    keep_alive,
    max_forwards,
    origin,
    proxy_authenticate,
    proxy_authorization,
    proxy_connection,
    proxy_status,
    sec_fetch_site,
    te,
    trace_parent,
    trace_state,
    trailer,
    transfer_encoding,
    upgrade,
    via,
    www_authenticate,
    x_request_id,
};

/// One field line as it stood in the head. Views into the buffer that was parsed.
struct Field {
    FieldName id = FieldName::other;
    std::string_view name;   ///< as written: case is kept
    std::string_view value;  ///< without the white space around it
    std::string_view line;   ///< the whole line with its CRLF, to be copied unchanged
};

/// Why a head is refused. Each has a sentence in `to_text`.
enum class HeadError : std::uint8_t {
    none,
    empty_lines,  ///< in front of it, and no end of them
    bad_request_line,
    blank_in_target,      ///< a request line but for that
    beyond_ascii_target,  ///< likewise: a character there that is not ASCII
    bad_status_line,
    bad_version,
    bad_field_name,   ///< also white space before the colon
    bad_field_value,  ///< NUL or another control character
    folded_line,      ///< obs-fold
    bare_line_end,    ///< LF without CR, CR without LF
    too_many_fields,
    two_framings,           ///< Content-Length and Transfer-Encoding
    bad_content_length,     ///< not a number, or too large
    two_lengths,            ///< several that differ; in a request any list
    bad_transfer_encoding,  ///< anything but exactly one final "chunked"
    missing_host,           ///< HTTP/1.1 without Host
    bad_host,               ///< several Host fields
    bad_connection,         ///< a Connection option that is no token, or a client's that names a
                            ///< field no proxy may drop
};

std::string_view to_text(HeadError error);

/// How a message's body is delimited.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

/// What a head says of schemes that authenticate the connection and not the request (NTLM,
/// Negotiate): on such a connection everything is taken for that user's.
enum class ConnectionAuth : std::uint8_t {
    none,
    named,       ///< the scheme alone: the server would have it
    with_token,  ///< a step of its handshake
};

/// A request or response head: views into the caller's buffer, valid as long as that is. One object
/// is reused for every head of a worker, so that after warm-up nothing is allocated.
struct Head {
    std::string_view method;         ///< requests
    std::string_view target;         ///< requests, as written
    std::uint16_t status = 0;        ///< responses
    std::string_view reason;         ///< responses, may be empty
    std::uint8_t minor_version = 1;  ///< HTTP/1.x; a larger x is read as 1
    std::string_view start_line;     ///< with its CRLF
    std::vector<Field> fields;

    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
    /// What version, Connection and a request's Proxy-Connection say; false for a body that ends
    /// with its connection.
    bool keep_alive = true;
    bool expects_continue = false;
    /// Of a request's Authorization, a response's WWW-Authenticate: the most that is said there.
    ConnectionAuth connection_auth = ConnectionAuth::none;
    /// A request's Host. Its data() is null where there is no such field: Host may be empty.
    std::string_view host;
    /// A request's X-Request-Id and traceparent, as they stand there: empty where there are
    /// several, and data() is null where there is none, or none that goes further than this hop.
    std::string_view request_id;
    std::string_view trace_parent;
    /// A request's TE: who sends it reads trailers.
    bool takes_trailers = false;
    /// A request's Via: it has come through other proxies, or through this one.
    bool has_via = false;
    /// The smallest number that a request's Max-Forwards says; none: no such field, or no number.
    std::optional<std::uint64_t> max_forwards;
    /// A response's: those that it needed.
    profiles::ResponseLeniencies leniencies = {};
    /// A response's Proxy-Status: what proxies behind this one say of it.
    bool has_proxy_status = false;
    /// The protocols for which the connection is to be, or now is, another one's, "websocket", as
    /// Upgrade lists them. Empty where nobody asks: no such field or several, not in Connection, of
    /// HTTP/1.0, in a request that has a body, for another HTTP, or in a response but 101.
    std::string_view upgrade;
    /// Names that Connection lists (besides close and keep-alive), as written, which are hop-by-hop
    /// too. Those of fields that are not a proxy's to drop are not among them.
    std::vector<std::string_view> connection_options;
};

}  // namespace countersign::proxy::http
