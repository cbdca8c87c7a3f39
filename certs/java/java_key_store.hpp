#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/key_store_entries.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// What stands in both formats, for the reader and the writer.
inline constexpr std::uint32_t kJksMagic = 0xfeedfeed;
inline constexpr std::uint32_t kJceksMagic = 0xcececece;
enum Tag : std::uint32_t { kPrivateKey = 1, kTrustedCertificate = 2, kSecretKey = 3 };

/// The digest at a store's end: SHA-1 over password, a constant, and all that stands before it.
using JavaDigest = std::array<unsigned char, 20>;
JavaDigest java_digest(ByteView content, std::string_view password);

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
