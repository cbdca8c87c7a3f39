#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace countersign::proxy::tls {

/// Why the context's own key can never be shown: it makes none of the signatures that its first
/// message, `hello`, a record, has. They are what the profile's signature_algorithms leave, and a
/// client signs by one of them, too. Empty where it makes one in some version that is offered, and
/// where there is no key, or one of a kind that is not known here. "tls.signature_algorithms: the
/// key of the key store (EC P-256) makes none of these signatures, …".
std::string makes_no_signature(const SSL_CTX& context, std::string_view hello);

/// One by which that key signs in each version, as TLS registers it: "ecdsa_secp256r1_sha256".
/// Empty for a kind that is not known here.
std::string_view signature_made_by(const EVP_PKEY& key);

/// By which the server has said that it takes a client's, in its order and in the same words.
/// Those that TLS 1.3 has for certificates alone are left out there.
std::vector<std::string> signatures_taken(SSL& ssl);

}  // namespace countersign::proxy::tls
