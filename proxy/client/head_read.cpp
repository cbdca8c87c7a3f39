#include "proxy/client/head_read.hpp"

#include <string>

#include "profiles/units.hpp"

namespace countersign::proxy::client {

namespace {

/// Where the URL alone has taken all that there is for a head (RFC 9112 3).
HeadRead::End beyond_limit(std::string_view bytes, const profiles::Limits& limits) {
    const bool line_ends = bytes.substr(0, limits.header_bytes).find('\n') != bytes.npos;
    return line_ends ? HeadRead::End::too_large : HeadRead::End::target_too_long;
}

}  // namespace

HeadRead look_at_head(
    std::string_view bytes, std::size_t scanned, const profiles::Limits& limits, http::Head& head
) {
    using End = HeadRead::End;
    const http::HeadResult parsed =
        http::parse_request_head(bytes, scanned, limits.header_count, head);
    if (parsed.state == http::HeadResult::State::invalid) {
        return {End::invalid, 0, parsed.error, http::other_protocol(bytes)};
    }
    if (parsed.state == http::HeadResult::State::complete) {
        if (parsed.size > limits.header_bytes) return {beyond_limit(bytes, limits)};
        return {End::complete, parsed.size};
    }
    return {bytes.size() >= limits.header_bytes ? beyond_limit(bytes, limits) : End::incomplete};
}

namespace {

/// In plain HTTP/1.1, whatever it is: a TLS client can show an alert at most, which nobody
/// understands, and several know an HTTP answer for what it is (curl and OpenSSL: "wrong version
/// number"; Python's urllib3: "Your proxy appears to only use HTTP"; Go: "server gave HTTP response
/// to HTTPS client").
Failure not_http(http::OtherProtocol speaks, std::string_view listener) {
    const std::string to =
        listener.empty() ? std::string{"a listener"} : "listener '" + std::string{listener} + "'";
    if (speaks == http::OtherProtocol::tls) {
        return Failure::of_client(
            FailureCode::bad_request,
            "The client speaks TLS to " + to + ", which speaks plain HTTP.",
            "Use http:// for the proxy's address, not https://: requests come here in the clear, "
            "and Countersign makes the TLS to the server.",
            "this proxy is spoken to in plain HTTP: use http:// for its address, not https://"
        );
    }
    if (speaks == http::OtherProtocol::http2) {
        return Failure::of_client(
            FailureCode::bad_request,
            "The client speaks HTTP/2 to " + to + ", which speaks HTTP/1.1.",
            "Set the client to HTTP/1.1 (curl: without --http2-prior-knowledge).",
            "this proxy is spoken to in HTTP/1.1, not HTTP/2"
        );
    }
    return Failure::of_client(
        FailureCode::bad_request, "The client speaks SOCKS to " + to + ", which is an HTTP proxy.",
        "Set it as an HTTP proxy in the client (http://, not socks4:// or socks5://).",
        "this is an HTTP proxy, not a SOCKS proxy: use http:// for its address"
    );
}

/// What to do about a head that is refused, and the status line for it.
struct HeadAdvice {
    const char* remedy;
    std::string_view brief;
};

HeadAdvice advice_for(http::HeadError error) {
    using http::HeadError;
    switch (error) {
        case HeadError::empty_lines:
            return {
                "Let the client begin each request with its request line.",
                "empty lines in front of the request"};
        case HeadError::bad_request_line:
        case HeadError::bad_status_line:
            return {
                "Let the client send a request line such as: GET http://HOST/PATH HTTP/1.1.",
                "request line is not METHOD TARGET HTTP/1.1"};
        case HeadError::blank_in_target:
            return {
                "Let the client write it as %20 (most HTTP libraries have a function that encodes "
                "a path or a query).",
                "blank in the URL: write %20"};
        case HeadError::beyond_ascii_target:
            return {
                "Let the client write its UTF-8 bytes with percent signs, %C3%A9 for an e with an "
                "acute accent (most HTTP libraries have a function that encodes a path or a "
                "query).",
                "character beyond ASCII in the URL: percent-encode it"};
        case HeadError::bad_version:
            return {"Set the client to HTTP/1.1.", "this proxy speaks HTTP/1.0 and HTTP/1.1"};
        case HeadError::bad_field_name:
            return {
                "Let the client send its fields as NAME: VALUE, with letters, digits and '-' in "
                "names and no space before the colon.",
                "malformed name of a header field"};
        case HeadError::bad_field_value:
            return {
                "Let the client send the field without control characters, or encode its value "
                "(base64).",
                "control character in a header field"};
        case HeadError::folded_line:
            return {
                "Let the client send each field in one line.",
                "header field folded over several lines"};
        case HeadError::bare_line_end:
            return {
                "Let the client end each line of the head with CR LF (\\r\\n), and nothing else.",
                "header line that does not end with CR LF"};
        case HeadError::two_framings:
            return {
                "Let the client send one of the two. Often the application sets Content-Length by "
                "hand, and its HTTP library adds the other.",
                "both Content-Length and Transfer-Encoding"};
        case HeadError::bad_content_length:
            return {
                "Let the client send the body's size in bytes, as a plain number.",
                "Content-Length is no number"};
        case HeadError::two_lengths:
            return {
                "Let the client send one Content-Length with one number, the body's size in bytes. "
                "Often the application sets one by hand, and its HTTP library adds another.",
                "several values of Content-Length"};
        case HeadError::bad_transfer_encoding:
            return {
                "Let the client send the body with Content-Length, or, in HTTP/1.1, with "
                "Transfer-Encoding: chunked alone.",
                "Transfer-Encoding that is not chunked"};
        case HeadError::missing_host:
            return {
                "Let the client send Host with the server's name, such as Host: "
                "api.partner.example.",
                "HTTP/1.1 request without a Host field"};
        case HeadError::bad_host:
            return {"Let the client send Host once.", "several Host fields"};
        case HeadError::bad_connection:
            return {
                "Let the client name only fields in Connection that are for this connection, such "
                "as keep-alive, close and upgrade.",
                "Connection field not acceptable"};
        case HeadError::none:
        case HeadError::too_many_fields:
            break;
    }
    return {"Let the client send HTTP/1.1.", ""};
}

}  // namespace

Failure head_failure(
    const HeadRead& read, const profiles::Limits& limits, std::string_view listener
) {
    if (read.speaks != http::OtherProtocol::none) return not_http(read.speaks, listener);
    if (read.end == HeadRead::End::too_slow) {
        return Failure::of_client(
            FailureCode::request_timeout,
            "The request's head was not complete within limits.client_head (" +
                profiles::duration_text(limits.client_head) + ").",
            "Send the whole head at once, or raise that limit."
        );
    }
    if (read.end == HeadRead::End::target_too_long) {
        return Failure::of_client(
            FailureCode::target_too_long,
            "The request line alone is larger than the " + std::to_string(limits.header_bytes) +
                " bytes that a head may have.",
            "Send a shorter URL (a form's fields go into a POST's body), or raise "
            "limits.header_bytes."
        );
    }
    if (read.end == HeadRead::End::too_large || read.error == http::HeadError::too_many_fields) {
        return Failure::of_client(
            FailureCode::head_too_large,
            "The request's head is larger than " + std::to_string(limits.header_bytes) +
                " bytes or has more than " + std::to_string(limits.header_count) + " fields.",
            "Send a smaller head, or raise limits.header_bytes or limits.header_count."
        );
    }
    const HeadAdvice advice = advice_for(read.error);
    return Failure::of_client(
        FailureCode::bad_request,
        "The request is not acceptable: " + std::string{http::to_text(read.error)} + ".",
        advice.remedy, advice.brief
    );
}

}  // namespace countersign::proxy::client
