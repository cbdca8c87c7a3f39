#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Which key store the bytes are; nullopt for none of them.
std::optional<KeyStoreFormat> recognise(std::string_view bytes);

/// Everything in a container, whichever it is, a lone key or certificate in DER and a PKCS#7 bundle
/// too; its keys stay sealed. `where` is for messages.
LoadResult<KeyStoreEntries> read_entries(
    ByteView bytes, const std::optional<Secret>& password, const std::string& where
);

}  // namespace countersign::certs
