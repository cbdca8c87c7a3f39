#pragma once

#include <optional>
#include <string>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/key_store.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Whether the bytes begin as JKS or JCEKS do.
bool is_java_key_store(ByteView bytes);

/// Reads JKS and JCEKS, both versions, without Java. First the lengths are walked, then the digest
/// over the whole store is compared, and only then a certificate is parsed: what was cut short is
/// malformed, what was changed and what has another password both are wrong_password, for nobody
/// can tell these two apart.
LoadResult<KeyStoreEntries> read_java_key_store(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
);

}  // namespace countersign::certs
