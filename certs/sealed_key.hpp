#pragma once

#include <optional>
#include <string>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// A private key as its container holds it. It is opened only when it is the one that is meant: a
/// store's other keys may have passwords that nobody gave, and deriving a key from a password is
/// slow by intent.
struct SealedKey {
    enum class Form {
        pkcs8,                  ///< PrivateKeyInfo
        pkcs8_encrypted,        ///< EncryptedPrivateKeyInfo, with Java's own algorithms too
        traditional,            ///< PKCS#1, SEC1 and the like
        traditional_encrypted,  ///< the same under RFC 1421 headers
    };

    Form form = Form::pkcs8;
    SecretBytes der;
    std::string pem_header = {};  ///< traditional_encrypted: cipher and initial vector

    bool encrypted() const {
        return form == Form::pkcs8_encrypted || form == Form::traditional_encrypted;
    }
};

/// What a file with one key in DER holds, in whichever of the forms; nullopt where it is none.
std::optional<SealedKey> recognise_der_key(ByteView bytes);

/// The key itself, in OpenSSL's default context wherever its encryption was undone. Error:
/// password_needed, wrong_password, unsupported, malformed.
LoadResult<PrivateKeyHandle> open_key(
    const SealedKey& sealed, const std::optional<Secret>& password, const std::string& where
);

class DecryptionGate;
/// The same for many keys of one file, whose derivations together may cost no more than one's.
LoadResult<PrivateKeyHandle> open_key(
    const SealedKey& sealed, const std::optional<Secret>& password, const std::string& where,
    DecryptionGate& gate
);

}  // namespace countersign::certs
