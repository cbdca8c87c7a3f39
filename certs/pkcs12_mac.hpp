#pragma once

#include <openssl/pkcs12.h>

#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/password_encryption.hpp"

namespace countersign::certs {

/// Checks the MAC of a PKCS#12: PKCS#12's own (RFC 7292), and PBMAC1 (RFC 9579), which OpenSSL 3.0
/// does not know. `bytes` are those that `store` was read from. Gives those of the password's forms
/// that fit, which the rest of the file is encrypted with: all of them where there is no MAC, none
/// where the password is wrong. Error: unsupported, malformed.
LoadResult<std::vector<std::string_view>> forms_that_fit_mac(
    PKCS12* store, ByteView bytes, const std::vector<std::string_view>& forms, DecryptionGate& gate,
    const std::string& where
);

}  // namespace countersign::certs
