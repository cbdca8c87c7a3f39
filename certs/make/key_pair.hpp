#pragma once

#include <string>
#include <string_view>

#include "certs/edit/edit_error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Which key shall be made: RSA of 2048 to 4096 bits, an elliptic curve, or Ed25519.
struct KeySpec {
    enum class Kind { rsa, ec, ed25519 };

    Kind kind = Kind::rsa;
    unsigned bits = 2048;    ///< of an RSA key
    std::string curve = {};  ///< of an EC key: "P-256", "P-384", "P-521"

    /// "rsa", "rsa-3072", "ec", "ec-p384", "ed25519". Error: what may be asked for.
    static EditResult<KeySpec> parse(std::string_view text);
};

/// A new key. RSA 4096 may take a second.
EditResult<PrivateKeyHandle> make_key_pair(const KeySpec& spec);

/// "RSA 2048", "EC P-256", "Ed25519": what a person wants to know of a key.
std::string describe_key(const EVP_PKEY* key);
/// The same of the key that a certificate is for.
std::string public_key_text(const X509* certificate);

}  // namespace countersign::certs
