#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/http/head.hpp"
#include "proxy/http/request_edits.hpp"
#include "proxy/http/response_rewrite.hpp"

namespace countersign::proxy::http {

inline constexpr std::string_view kProductName = "countersign";
/// The Via of one that has no other name. To HTTP/1.0 messages it is said with their version.
inline constexpr std::string_view kPlainVia = "Via: 1.1 countersign\r\n";
/// That of one with `name`.
std::string via_line(std::string_view name);

/// By how much a request's head grows at most when it is rewritten, besides the operator's lines:
/// Via, a Host of 253 characters with a port, two ids, a space here and there.
constexpr std::size_t kMostGrowth = 1024;

/// Whether the proxy is the last that may answer a request: an OPTIONS or TRACE with "Max-Forwards:
/// 0" (RFC 9110 7.6.2).
bool ends_here(const Head& request);

/// Writes the head that goes upstream into `out` (cleared first, capacity kept): request line in
/// origin-form, always HTTP/1.1, Host from the destination in the place where the client's Host
/// stood (first where there was none), every other field line as it came, in its order and case,
/// without the hop-by-hop ones (Connection and what it lists, Keep-Alive, Proxy-Connection,
/// Proxy-Authorization, TE, but for "trailers", which is said again; Upgrade where Head::upgrade is
/// empty, else "Connection: Upgrade" goes with it), with "Via: 1.1 countersign" (or 1.0, the
/// client's version) appended: a Via that came stays before it.
/// `path` as in Destination: a "/" is put before a "?" that begins it. `authority` is Host's value.
/// Max-Forwards of an OPTIONS or TRACE is one less. Expect stays, but not from an HTTP/1.0 client.
/// Content-Length is said once, as one plain number, Transfer-Encoding as "chunked".
/// X-Countersign-Profile is for the proxy. `edits`: what the operator changes, null for nothing; it
/// names none of the fields above. `made`: the proxy's own ids. `own_via`: of `via_line`.
void write_request_head(
    const Head& head, std::string_view path, std::string_view authority, std::string& out,
    const RequestEdits* edits = nullptr, const MadeIds& made = {},
    std::string_view own_via = kPlainVia
);

/// How the response's body goes to the client.
enum class ResponseFraming : std::uint8_t {
    as_is,    ///< as it came: length, chunked, none
    chunked,  ///< delimited by close upstream, chunked to the client (HTTP/1.1)
    close,  ///< delimited by close to the client (HTTP/1.0 client; a chunked body loses its chunks)
};

/// Which of these a response needs.
ResponseFraming response_framing(const Head& response, std::uint8_t client_minor_version);

/// What the listener says about responses.
struct ResponseEdits {
    const ResponseRewrite* rewrite = nullptr;  ///< null: they stay as they are
    std::string_view own_via = kPlainVia;      ///< of `via_line`
    std::string_view identity = {};  ///< the value of Countersign-Identity; empty: no such field
};

/// Writes the head that goes to the client into `out` (cleared first): status line as it came but
/// "HTTP/1.1" and the blank behind the status, field lines as they came without the hop-by-hop
/// ones, Via, framing as `framing` says, and the Connection field that the client needs: "close"
/// where `keep_alive` is false, "keep-alive" for an HTTP/1.0 client that is kept; neither for a
/// 1xx, but "Upgrade" for a 101 with that field. A Content-Length that promises a body where there
/// is none (1xx, 204) is left out. A 401 that asks for NTLM or Negotiate on a connection that is
/// kept is given "Proxy-Support: Session-Based-Authentication". A server's own Countersign-Identity
/// is left out. Its Proxy-Status stays, and the proxy's says behind it that the status is not the
/// proxy's own (RFC 9209 2.1.4).
void write_response_head(
    const Head& response, ResponseFraming framing, std::uint8_t client_minor_version,
    bool keep_alive, std::string& out, const ResponseEdits& edits = {}
);

}  // namespace countersign::proxy::http
