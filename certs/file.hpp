#pragma once

#include <cstddef>
#include <filesystem>

#include "certs/bytes.hpp"
#include "certs/error.hpp"

namespace countersign::certs {

/// Key stores and trust files above this are refused: the largest bundles in use have less than one
/// megabyte.
inline constexpr std::size_t kMaxStoreBytes = std::size_t{16} << 20;

/// The whole file, in memory that is wiped when it goes. Error: unreadable, also where it is longer
/// than `limit`.
LoadResult<SecretBytes> read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace countersign::certs
