#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "profiles/configuration.hpp"
#include "proxy/failure.hpp"
#include "proxy/http/head_reader.hpp"
#include "proxy/http/other_protocol.hpp"

namespace countersign::proxy::client {

/// How reading a request's head ended.
struct HeadRead {
    enum class End : std::uint8_t {
        complete,
        incomplete,
        invalid,
        too_large,
        target_too_long,  ///< and nothing else is there yet
        too_slow,
        no_more
    } end;
    std::size_t size = 0;                                    ///< complete
    http::HeadError error = http::HeadError::none;           ///< invalid
    http::OtherProtocol speaks = http::OtherProtocol::none;  ///< invalid: what it is instead
};

/// What the bytes that are here come to, by `limits.header_bytes` and `limits.header_count`;
/// `scanned` and `head` as of http::parse_request_head. No I/O: a session and `explain` are told by
/// the same function.
HeadRead look_at_head(
    std::string_view bytes, std::size_t scanned, const profiles::Limits& limits, http::Head& head
);

/// Why a head that could not be read is refused, in words. `listener`: the name of the one where it
/// came in; empty: it has none any more.
Failure head_failure(
    const HeadRead& read, const profiles::Limits& limits, std::string_view listener = {}
);

}  // namespace countersign::proxy::client
