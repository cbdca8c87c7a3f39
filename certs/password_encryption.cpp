#include "certs/password_encryption.hpp"

#include <openssl/asn1t.h>
#include <openssl/kdf.h>

#include <algorithm>
#include <limits>

#include "certs/asn1.hpp"
#include "certs/bytes.hpp"
#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

using ScryptHandle = OpensslHandle<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;

constexpr std::uint64_t kTooMany = std::numeric_limits<std::uint32_t>::max();

// RFC 7914: 128 bytes times r times N; OpenSSL's limit for them.
constexpr std::uint64_t kScryptBlockBytes = 128;
constexpr std::uint64_t kMaxScryptBytes = std::uint64_t{32} << 20;

LoadError unreadable_parameters(const std::string& where) {
    return {LoadErrorCode::malformed, where, "the parameters of its encryption cannot be read"};
}

LoadError unknown_encryption(const ASN1_OBJECT* algorithm, const std::string& where) {
    return {
        LoadErrorCode::unsupported, where,
        "it is encrypted with " + printable(oid_name(algorithm)) +
            ", which is not known; export it again with AES-256 and PBKDF2"};
}

template <class T>
T* unpack(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
    return static_cast<T*>(ASN1_TYPE_unpack_sequence(item, algorithm->parameter));
}

// Numbers above 32 bits are all the same to the limit, and this way their product cannot overflow.
std::uint64_t number(const ASN1_INTEGER* integer) {
    std::uint64_t value = 0;
    if (ASN1_INTEGER_get_uint64(&value, integer) != 1 || value > kTooMany) {
        drain_openssl_errors();
        return kTooMany;
    }
    return value;
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) { return std::min(a * b, kTooMany); }

std::string name_of(int nid) { return OBJ_nid2sn(nid); }

// PBKDF2 with its pseudo-random function, or scrypt.
LoadResult<PasswordEncryption> inspect_derivation(
    const X509_ALGOR* derivation, const std::string& where
) {
    PasswordEncryption found;
    if (OBJ_obj2nid(derivation->algorithm) == NID_id_pbkdf2) {
        const Pbkdf2Handle pbkdf2{unpack<PBKDF2PARAM>(derivation, ASN1_ITEM_rptr(PBKDF2PARAM))};
        if (!pbkdf2) return unreadable_parameters(where);
        const int function =
            pbkdf2->prf != nullptr ? OBJ_obj2nid(pbkdf2->prf->algorithm) : NID_hmacWithSHA1;
        int digest = NID_undef;
        if (EVP_PBE_find(EVP_PBE_TYPE_PRF, function, nullptr, &digest, nullptr) != 1) {
            return unknown_encryption(pbkdf2->prf->algorithm, where);
        }
        found.iterations = number(pbkdf2->iter);
        found.digest = name_of(digest);
        return found;
    }
    if (OBJ_obj2nid(derivation->algorithm) == NID_id_scrypt) {
        const ScryptHandle scrypt{unpack<SCRYPT_PARAMS>(derivation, ASN1_ITEM_rptr(SCRYPT_PARAMS))};
        if (!scrypt) return unreadable_parameters(where);
        const std::uint64_t blocks =
            product(number(scrypt->costParameter), number(scrypt->blockSize));
        found.iterations = product(blocks, number(scrypt->parallelizationParameter));
        // OpenSSL itself would say only that the password is wrong.
        if (product(blocks, kScryptBlockBytes) >= kMaxScryptBytes) {
            return LoadError{
                LoadErrorCode::unsupported, where,
                "its scrypt asks for more than 32 MiB of memory; export it again with N = 16384"};
        }
        found.digest = "SHA256";
        return found;
    }
    return unknown_encryption(derivation->algorithm, where);
}

LoadResult<PasswordEncryption> inspect_pbes2(
    const X509_ALGOR* algorithm, const std::string& where
) {
    const Pbe2Handle pbes2{unpack<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM))};
    if (!pbes2) return unreadable_parameters(where);
    LoadResult<PasswordEncryption> found = inspect_derivation(pbes2->keyfunc, where);
    if (!found) return found;
    const int cipher = OBJ_obj2nid(pbes2->encryption->algorithm);
    if (cipher == NID_undef) return unknown_encryption(pbes2->encryption->algorithm, where);
    found->cipher = name_of(cipher);
    return found;
}

}  // namespace

LoadError too_many_iterations(const std::string& where) {
    return {
        LoadErrorCode::unsupported, where,
        "opening it asks for more than " + std::to_string(kMaxIterations) +
            " iterations of key derivation; export it again with fewer"};
}

LoadResult<PasswordEncryption> PasswordEncryption::inspect(
    const X509_ALGOR* algorithm, const std::string& where
) {
    const int scheme = OBJ_obj2nid(algorithm->algorithm);
    LoadResult<PasswordEncryption> found = PasswordEncryption{};
    int cipher = NID_undef;
    int digest = NID_undef;
    if (scheme == NID_pbes2) {
        found = inspect_pbes2(algorithm, where);
    } else if (scheme == NID_undef || EVP_PBE_find(EVP_PBE_TYPE_OUTER, scheme, &cipher, &digest, nullptr) != 1) {
        found = unknown_encryption(algorithm->algorithm, where);
    } else if (const PbeHandle pbes1{unpack<PBEPARAM>(algorithm, ASN1_ITEM_rptr(PBEPARAM))}) {
        found->iterations = number(pbes1->iter);
        found->cipher = name_of(cipher);
        found->digest = name_of(digest);
    } else {
        found = unreadable_parameters(where);
    }
    drain_openssl_errors();
    return found;
}

bool PasswordEncryption::available_in(OSSL_LIB_CTX* context) const {
    const OpensslHandle<EVP_CIPHER, EVP_CIPHER_free> fetched_cipher{
        EVP_CIPHER_fetch(context, cipher.c_str(), nullptr)};
    const OpensslHandle<EVP_MD, EVP_MD_free> fetched_digest{
        EVP_MD_fetch(context, digest.c_str(), nullptr)};
    drain_openssl_errors();
    return fetched_cipher != nullptr && fetched_digest != nullptr;
}

std::optional<LoadError> DecryptionGate::spend(std::uint64_t iterations, const std::string& where) {
    spent_ += iterations;
    if (spent_ <= kMaxIterations) return std::nullopt;
    return too_many_iterations(where);
}

bool DecryptionGate::exhausted() const { return spent_ > kMaxIterations; }

LoadResult<OSSL_LIB_CTX*> DecryptionGate::admit(
    const X509_ALGOR* algorithm, const std::string& where
) {
    const LoadResult<PasswordEncryption> wanted = PasswordEncryption::inspect(algorithm, where);
    if (!wanted) return wanted.error();
    return admit(*wanted, where);
}

LoadResult<OSSL_LIB_CTX*> DecryptionGate::admit(
    const PasswordEncryption& wanted, const std::string& where
) {
    if (auto error = spend(wanted.iterations, where)) return *error;
    if (wanted.available_in(nullptr)) return nullptr;
    if (!legacy_) legacy_.emplace();
    OSSL_LIB_CTX* const context = legacy_->context();
    if (context == nullptr) {
        return LoadError{
            LoadErrorCode::unsupported, where,
            "it is encrypted with " + wanted.cipher +
                ", which OpenSSL keeps in its legacy provider, and that "
                "is not installed; install the package openssl-provider-legacy, or export the file "
                "again with AES-256"};
    }
    if (wanted.available_in(context)) return context;
    return LoadError{
        LoadErrorCode::unsupported, where,
        "it is encrypted with " + wanted.cipher + " and " + wanted.digest +
            ", which OpenSSL does not have; export it again with AES-256"};
}

std::vector<std::string_view> password_forms(const std::optional<Secret>& password) {
    if (password && !password->empty()) return {password->reveal()};
    return {std::string_view{""}, std::string_view{}};
}

std::optional<Secret> latin1_form(const std::optional<Secret>& password) {
    if (!password || is_ascii(password->reveal())) return std::nullopt;
    std::string_view left = password->reveal();
    SecretBytes bytes;
    bytes.reserve(left.size());
    while (!left.empty()) {
        const auto [length, code] = decode_utf8(left);
        if (length == 0 || code > 0xff) return std::nullopt;
        bytes.push_back(static_cast<unsigned char>(code));
        left.remove_prefix(length);
    }
    return Secret{std::string{as_text(bytes)}};
}

}  // namespace countersign::certs
