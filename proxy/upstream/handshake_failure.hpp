#pragma once

#include <string_view>

#include "proxy/failure.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/tls/tls_engine.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

/// `UpstreamStream::Facts::renegotiation_cure` where the profile has one handshake more answered,
/// and the server has asked for a second one. Any other cure is for the profile.
inline constexpr std::string_view kAskedAgain = "Ask the server's operator why it asks again.";

/// What went wrong in TLS with the server of `origin`, in words: in the handshake, or after it.
Failure handshake_failure(const Origin& origin, const tls::TlsFailure& found);
/// Why a handshake with it is not complete, whose last step was `status`: not ok, and nothing to be
/// waited for. `halved`: it was waited for half of the time alone, so that another may follow.
Failure unfinished_handshake(
    const Origin& origin, tls::TlsEngine& tls, net::IoStatus status, bool halved = false
);

}  // namespace countersign::proxy::upstream
