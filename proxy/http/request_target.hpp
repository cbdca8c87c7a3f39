#pragma once

#include <cstdint>
#include <string_view>

#include "profiles/authority.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// Where a client wants to go, as its request line and Host say. Views into the request head, but
/// for `host`.
struct Destination {
    std::string_view scheme;  ///< "http", for "ws" and origin-form, too; "https", for "wss", too;
                              ///< or a profile's name, as written
    profiles::HostText host;  ///< normalised
    std::uint16_t port = 0;   ///< as named; 0 where none was, and for http's own 80: the profile's
                              ///< default_port is meant
    std::string_view path;    ///< "/a?b=c", what goes upstream: never empty ("/" or "*"). "?b=c"
                              ///< where the URL had no path: write_request_head puts the "/" first
};

enum class TargetError : std::uint8_t {
    none,
    connect,     ///< CONNECT to a well-formed host:port, which are set: the profile decides
    bad_target,  ///< neither absolute-form nor origin-form
    user_info,   ///< user:password@ in the authority
    no_host,     ///< an authority with nothing where the host stands: "http:///orders"
    bad_host,
    bad_port,
    missing_host,  ///< origin-form and no Host, or an empty one
};

std::string_view to_text(TargetError error);

/// Request line + Host → where it goes. Absolute-form wins over Host. A fragment, white space or a
/// control character in the target is bad_target. For origin-form scheme and path are set before
/// Host is looked at, and stand also where that is missing or bad: enough for a listener with a
/// fixed upstream. Nothing is allocated for a host that is a DNS name in lower case.
TargetError parse_destination(const Head& head, Destination& into);

/// A host with its port, as Host and Origin say it.
struct Authority {
    profiles::HostText host;  ///< normalised
    std::uint16_t port = 0;   ///< as named; 0: none was
};

/// "host", "host:port", "[::1]:port" → `into`. Allocates as `parse_destination` does.
TargetError parse_authority(std::string_view text, Authority& into);

}  // namespace countersign::proxy::http
