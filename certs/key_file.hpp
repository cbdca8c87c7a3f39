#pragma once

#include <filesystem>
#include <optional>

#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"

namespace countersign::certs {

/// Reads a file that is named beside the certificates' own, PEM or one key in DER, and puts its
/// keys in the place of all that may be in `entries`. Nullopt: they are. Error: unreadable,
/// not_recognised, no_private_key, malformed.
std::optional<LoadError> take_key_file(const std::filesystem::path& file, KeyStoreEntries& entries);

}  // namespace countersign::certs
