#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// All certificates in these bytes, whatever the container: PEM, DER (one or many), PKCS#7, JKS,
/// JCEKS, PKCS#12. In the order of the file, duplicates and all; keys are passed over, sealed. The
/// password is for the containers that have one. Never empty. Error: no_certificate,
/// not_recognised, and what each container's reader says.
LoadResult<std::vector<X509Handle>> read_certificates(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
);

}  // namespace countersign::certs
