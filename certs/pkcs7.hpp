#pragma once

#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Whether the bytes begin as PKCS#7 (CMS) signed data does: a SEQUENCE with that type's name in
/// front.
bool is_pkcs7(ByteView bytes);

/// The certificates of a bundle as authorities send it (`.p7b`, `.p7c`): signed data that signs
/// nothing. DER or BER. In the order of the file, which means nothing: a SET has none. Error:
/// malformed, no_certificate.
LoadResult<std::vector<X509Handle>> read_pkcs7(ByteView bytes, const std::string& where);

/// What else such a bundle holds: "2 CRLs", "a signature"; empty for most, and for what is none.
std::string what_else_in_pkcs7(ByteView bytes);

}  // namespace countersign::certs
