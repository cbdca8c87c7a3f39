#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/upstream/upstream_stream.hpp"

namespace countersign::proxy::upstream {

/// Whether such an answer may mean that the server does not like the client certificate: many
/// finish the handshake, and refuse in HTTP. 495 and 496 are nginx's own.
bool may_refuse_identity(std::uint16_t status);

/// What became of the client certificate that the server had asked for: "sent", or why it got none.
std::string_view certificate_text(const UpstreamStream::Facts& facts);

/// Whose certificates it takes: "CN=Partner CA; CN=Partner Old CA; and 3 more". "any": it named
/// none.
std::string issuers_text(const UpstreamStream::Facts& facts);

/// Both in a sentence's part: "asked for a client certificate and was sent 'CN=acme'".
std::string asked_text(const UpstreamStream::Facts& facts);

}  // namespace countersign::proxy::upstream
