#pragma once

#include "tests/support/scripted_server.hpp"

namespace countersign::tests {

/// OpenSSL's part of a scripted server. What OpenSSL does not take throws std::runtime_error.
certs::SslContextHandle scripted_context(const ScriptedServer::Options& options);

}  // namespace countersign::tests
