#pragma once

#include <optional>
#include <string>

#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Makes the system's authorities part of the store, from where OpenSSL looks for them:
/// SSL_CERT_DIR or the default directory, by hash and only when a server is verified;
/// SSL_CERT_FILE, or the default file where there is no such directory, at once. Error:
/// no_certificate where neither holds any, unreadable where SSL_CERT_FILE is not.
std::optional<LoadError> add_system_trust(X509_STORE* store);

/// What tells the system's authorities from those of another time: when each of the places where
/// OpenSSL looks for them has changed last.
std::string system_trust_state();

}  // namespace countersign::certs
