#pragma once

#include "proxy/failure.hpp"
#include "proxy/tls/tls_failure.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

/// What went wrong in TLS with the server of `origin`, in words: in the handshake, or after it.
Failure handshake_failure(const Origin& origin, const tls::TlsFailure& found);
/// The same where its time is over: `found` says how far it had come.
Failure handshake_timeout(const Origin& origin, const tls::TlsFailure& found);

}  // namespace countersign::proxy::upstream
