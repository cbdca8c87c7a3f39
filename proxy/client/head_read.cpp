#include "proxy/client/head_read.hpp"

#include <string>

namespace countersign::proxy::client {

HeadRead look_at_head(
    std::string_view bytes, std::size_t scanned, const profiles::Limits& limits, http::Head& head
) {
    using End = HeadRead::End;
    const http::HeadResult parsed =
        http::parse_request_head(bytes, scanned, limits.header_count, head);
    if (parsed.state == http::HeadResult::State::invalid) return {End::invalid, 0, parsed.error};
    if (parsed.state == http::HeadResult::State::complete) {
        if (parsed.size > limits.header_bytes) return {End::too_large};
        return {End::complete, parsed.size};
    }
    return {bytes.size() >= limits.header_bytes ? End::too_large : End::incomplete};
}

Failure head_failure(const HeadRead& read, const profiles::Limits& limits) {
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
