#pragma once

#include <cstddef>
#include <filesystem>

#include "certs/bytes.hpp"
#include "certs/error.hpp"

namespace countersign::certs {

/// Key stores and trust files above this are refused, and directories of them: the largest bundles
/// in use have less than one megabyte. What OpenSSL makes of a hostile one takes up to 58 times as
/// much, and no file may cost more than 64 MB and 20 times itself.
inline constexpr std::size_t kMaxStoreBytes = std::size_t{3} << 19;

/// The whole file, in memory that is wiped when it goes. Error: unreadable; too_much, where it is
/// longer than `limit`.
LoadResult<SecretBytes> read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace countersign::certs
