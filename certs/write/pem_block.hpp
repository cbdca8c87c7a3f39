#pragma once

#include <openssl/x509.h>

#include <string>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/sealed_key.hpp"

namespace countersign::certs {

/// A key that is sealed for PEM, or a certificate, as a block.
EditResult<SecretBytes> pem_block_of(const SealedKey& key);
EditResult<SecretBytes> pem_block_of(const X509* certificate);

/// One PEM block of any kind; `header` is RFC 1421's, empty in all modern ones.
EditResult<SecretBytes> pem_block(const char* label, ByteView der, const std::string& header = {});

}  // namespace countersign::certs
