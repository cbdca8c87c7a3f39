#pragma once

#include <string>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/sealed_key.hpp"

namespace countersign::certs {

/// The keys of a file that is named beside the certificates' own: PEM, or one key in DER. Never
/// empty. Error: not_recognised, no_private_key, malformed.
LoadResult<std::vector<SealedKey>> read_key_file(ByteView bytes, const std::string& where);

}  // namespace countersign::certs
