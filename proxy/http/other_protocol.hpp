#pragma once

#include <cstdint>
#include <string_view>

namespace countersign::proxy::http {

/// What a client speaks instead of HTTP/1.1.
enum class OtherProtocol : std::uint8_t { none, tls, http2, socks };

/// By the first bytes of a connection that are no request's.
OtherProtocol other_protocol(std::string_view bytes);

/// What a server that answers so is rather than one of HTTP/1, in our own words ("an SSH server");
/// empty where its first bytes do not tell.
std::string_view other_service(std::string_view bytes);

}  // namespace countersign::proxy::http
