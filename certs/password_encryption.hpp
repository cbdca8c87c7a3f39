#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/error.hpp"
#include "certs/legacy_algorithms.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/source.hpp"

namespace countersign::certs {

/// Key derivations of a whole file may cost this many iterations: about two seconds. Java's own
/// limit for one. A fuzzer has no use for so many.
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
inline constexpr std::uint64_t kMaxIterations = 5'000;
#else
inline constexpr std::uint64_t kMaxIterations = 5'000'000;
#endif

LoadError too_many_iterations(const std::string& where);

/// What a password-based encryption (PBES1, PBES2, PKCS#12) asks for, read before anything is
/// computed: a file can name an algorithm that is not there, or an iteration count that would take
/// a day.
struct PasswordEncryption {
    std::uint64_t iterations = 1;  ///< scrypt: N·r·p, blocks being about as dear as two hashes
    std::string cipher;
    std::string digest;

    /// Error: unsupported for a scheme that is not known, malformed for parameters that cannot be
    /// read.
    static LoadResult<PasswordEncryption> inspect(
        const X509_ALGOR* algorithm, const std::string& where
    );
    bool available_in(OSSL_LIB_CTX* context) const;
};

/// Says whether one file's encryptions may be computed, and in which library context. Adds up their
/// cost, and loads the legacy algorithms when the first needs them. Lives as long as the reading of
/// one file.
class DecryptionGate {
public:
    /// The context to decrypt in; null is OpenSSL's default. Error: unsupported, malformed.
    LoadResult<OSSL_LIB_CTX*> admit(const X509_ALGOR* algorithm, const std::string& where);
    LoadResult<OSSL_LIB_CTX*> admit(const PasswordEncryption& wanted, const std::string& where);
    /// Counts iterations that are not part of an encryption (a MAC's). Nullopt: still within the
    /// limit.
    std::optional<LoadError> spend(std::uint64_t iterations, const std::string& where);
    /// Whether that limit was reached: from then on nothing is decrypted any more.
    bool exhausted() const;

private:
    std::uint64_t spent_ = 0;
    std::optional<LegacyAlgorithms> legacy_;
};

/// The ways in which writers encode this password. No password is two things in PKCS#12: a
/// zero-length one and an absent one (a null `data()`); both are tried.
std::vector<std::string_view> password_forms(const std::optional<Secret>& password);

/// The password in Latin-1, which node-forge takes for PBKDF2 where it should be UTF-8. Nullopt
/// where that is the same, or there is none.
std::optional<Secret> latin1_form(const std::optional<Secret>& password);

}  // namespace countersign::certs
