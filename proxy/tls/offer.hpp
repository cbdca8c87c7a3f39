#pragma once

#include <openssl/types.h>

#include <string>

#include "profiles/profile.hpp"

namespace countersign::proxy::tls {

/// Has connections of the context offer what a profile says, of what OpenSSL knows. The context's
/// TLS versions are set before. Empty, or what is wrong with the first name that will not do:
/// "tls.ciphers: OpenSSL 3.0.19 has no cipher suite of TLS 1.2 that is named 'X'".
std::string apply_offer(SSL_CTX& context, const profiles::TlsOffer& offer);

}  // namespace countersign::proxy::tls
