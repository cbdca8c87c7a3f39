#include "proxy/client/head_read.hpp"

#include <string>

namespace countersign::proxy::client {

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
        if (parsed.size > limits.header_bytes) return {End::too_large};
        return {End::complete, parsed.size};
    }
    return {bytes.size() >= limits.header_bytes ? End::too_large : End::incomplete};
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

}  // namespace

Failure head_failure(
    const HeadRead& read, const profiles::Limits& limits, std::string_view listener
) {
    if (read.speaks != http::OtherProtocol::none) return not_http(read.speaks, listener);
    if (read.end == HeadRead::End::too_slow) {
        return Failure::of_client(
            FailureCode::request_timeout, "The request's head was not complete after 30 seconds.",
            "Send the whole head at once."
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
    return Failure::of_client(
        FailureCode::bad_request,
        "The request is not acceptable: " + std::string{http::to_text(read.error)} + ".",
        "The client has to send HTTP/1.1 as RFC 9112 says."
    );
}

}  // namespace countersign::proxy::client
