#pragma once

#include "tests/support/scripted_server.hpp"

namespace countersign::tests {

/// OpenSSL's part of a scripted server. What OpenSSL does not take throws std::runtime_error.
certs::SslContextHandle scripted_context(const ScriptedServer::Options& options);

/// Has the context send that OCSP answer where it is asked for one. `der` outlives it.
void staple(SSL_CTX& context, const std::string& der);

}  // namespace countersign::tests
