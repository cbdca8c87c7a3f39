#include "certs/password_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <optional>

#include "certs/openssl_handle.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

/// Fetched once: looking it up by name costs more than the digest.
const EVP_MD* sha256() {
    static EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return digest;
}

using Bytes = std::array<std::uint8_t, 32>;

/// Of this process. Null: there are no random numbers.
const Bytes* salt() {
    static const std::optional<Bytes> made = []() -> std::optional<Bytes> {
        Bytes bytes{};
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return std::nullopt;
        return bytes;
    }();
    return made ? &*made : nullptr;
}

bool digest_of(std::string_view password, Bytes& out) {
    const DigestContextHandle context{EVP_MD_CTX_new()};
    return context && sha256() != nullptr && salt() != nullptr &&
           EVP_DigestInit_ex2(context.get(), sha256(), nullptr) == 1 &&
           EVP_DigestUpdate(context.get(), salt()->data(), salt()->size()) == 1 &&
           EVP_DigestUpdate(context.get(), password.data(), password.size()) == 1 &&
           EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1;
}

}  // namespace

LoadResult<PasswordDigest> PasswordDigest::of(std::string_view password) {
    PasswordDigest made;
    if (digest_of(password, made.digest_)) return made;
    return LoadError{LoadErrorCode::unsupported, "SHA-256", drain_openssl_errors()};
}

std::string PasswordDigest::hex() const {
    std::string text;
    for (const std::uint8_t byte : digest_) append_hex(text, byte);
    return text;
}

bool PasswordDigest::matches(std::string_view password) const {
    Bytes digest{};
    return digest_of(password, digest) &&
           CRYPTO_memcmp(digest.data(), digest_.data(), digest.size()) == 0;
}

}  // namespace countersign::certs
