#pragma once

#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Whether a certificate in DER stands at the beginning.
bool begins_with_certificate(ByteView bytes);

/// Certificates in DER, one after the other, as `cat a.der b.der` makes them. Error:
/// not_recognised where not even the first is one, malformed where a later one is not.
LoadResult<std::vector<X509Handle>> read_der_certificates(ByteView bytes, const std::string& where);

}  // namespace countersign::certs
