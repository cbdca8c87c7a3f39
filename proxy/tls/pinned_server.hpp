#pragma once

#include "certs/identity.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::proxy::tls {

/// A connection, as a client, to a server whose certificate is known: to this process' own kind.
/// OpenSSL verifies nothing; `shows` says who it is. Null where memory is short.
certs::SslHandle new_unverified_ssl();
/// Whether the server of that handshake has the identity's very certificate, and so its key.
bool shows(const SSL* connection, const certs::Identity& identity);

}  // namespace countersign::proxy::tls
