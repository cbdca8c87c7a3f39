#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// The two ways in which Java alone encrypts a private key: JKS (a keystream of SHA-1 digests) and
/// JCEKS (PBEWithMD5AndTripleDES, which is not the PKCS#5 scheme of that shape).
bool is_java_protection(const X509_ALGOR* algorithm);

/// The PrivateKeyInfo inside. Error: wrong_password, malformed, unsupported.
LoadResult<SecretBytes> open_java_protection(
    const X509_ALGOR* algorithm, const ASN1_OCTET_STRING* content, std::string_view password,
    const std::string& where
);

/// A PrivateKeyInfo under JKS' protection, as the EncryptedPrivateKeyInfo that a store holds.
/// Nullopt: OpenSSL has no randomness or memory left; its error queue says so.
std::optional<SecretBytes> protect_as_jks(ByteView private_key_info, std::string_view password);
/// The same under JCEKS' protection, which takes of a password the lower seven bits of each
/// character.
std::optional<SecretBytes> protect_as_jceks(ByteView private_key_info, std::string_view password);

/// The password as Java's char[] in memory: UTF-16, big-endian. Text that is not UTF-8 is taken for
/// Latin-1, as OpenSSL does.
SecretBytes java_password(std::string_view password);

}  // namespace countersign::certs
