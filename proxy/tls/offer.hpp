#pragma once

#include <openssl/types.h>

#include <string>

#include "profiles/profile.hpp"

namespace countersign::proxy::tls {

/// Has connections of the context offer what a profile says, of what OpenSSL knows. The context's
/// TLS versions and identity are set before. Empty, or what is wrong with the first name that will
/// not do, or with all of them:
/// "tls.ciphers: OpenSSL 3.0.19 has no cipher suite of TLS 1.2 that is named 'X'".
std::string apply_offer(SSL_CTX& context, const profiles::TlsOffer& offer);

/// "TLS 1.2 to 1.3", "TLS 1.3"
std::string versions_text(const profiles::TlsRules& rules);

}  // namespace countersign::proxy::tls
