#include "certs/java/key_protector.hpp"

#include <openssl/asn1t.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "certs/asn1.hpp"
#include "certs/der_bytes.hpp"
#include "certs/password_encryption.hpp"

namespace countersign::certs {
namespace {

constexpr std::string_view kJks = "1.3.6.1.4.1.42.2.17.1.1";
constexpr std::string_view kJceks = "1.3.6.1.4.1.42.2.19.1";

constexpr std::size_t kSha1Bytes = 20;
constexpr std::size_t kMd5Bytes = 16;
constexpr std::size_t kKeyBytes = 24;
constexpr std::size_t kBlockBytes = 8;
constexpr std::uint64_t kJceksIterations = 200'000;  // what Java 17 writes

LoadError wrong_password(const std::string& where) {
    drain_openssl_errors();
    return {LoadErrorCode::wrong_password, where, "it does not decrypt the private key"};
}

LoadError unreadable_key(const std::string& where, std::string detail) {
    drain_openssl_errors();
    return {LoadErrorCode::malformed, where, std::move(detail)};
}

/// One digest after the other with the same context, of two pieces each: both schemes need no more.
class Digest {
public:
    explicit Digest(const EVP_MD* kind) : kind_{kind}, context_{EVP_MD_CTX_new()} {}

    void compute(ByteView first, ByteView second, unsigned char* out) {
        EVP_DigestInit_ex(context_.get(), kind_, nullptr);
        EVP_DigestUpdate(context_.get(), first.data(), first.size());
        EVP_DigestUpdate(context_.get(), second.data(), second.size());
        EVP_DigestFinal_ex(context_.get(), out, nullptr);
        kind_ = nullptr;  // from now on it is the context's, and not fetched again
    }

private:
    const EVP_MD* kind_;
    DigestContextHandle context_;
};

// SHA1(password, salt), SHA1(password, that) … laid over the bytes: its own inverse.
void apply_jks_stream(SecretBytes& bytes, ByteView salt, const SecretBytes& secret, Digest& sha1) {
    SecretBytes stream(salt.begin(), salt.end());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % kSha1Bytes == 0) sha1.compute(secret, stream, stream.data());
        bytes[i] = static_cast<unsigned char>(bytes[i] ^ stream[i % kSha1Bytes]);
    }
}

// salt (20) · key xor keystream · SHA1(password, key).
LoadResult<SecretBytes> open_jks(
    ByteView content, std::string_view password, const std::string& where
) {
    if (content.size() <= 2 * kSha1Bytes)
        return unreadable_key(where, "its private key is too short");
    const SecretBytes secret = java_password(password);
    const ByteView stored_digest = content.last(kSha1Bytes);
    const ByteView sealed = content.subspan(kSha1Bytes, content.size() - 2 * kSha1Bytes);

    Digest sha1{EVP_sha1()};
    SecretBytes plain(sealed.begin(), sealed.end());
    apply_jks_stream(plain, content.first(kSha1Bytes), secret, sha1);
    std::array<unsigned char, kSha1Bytes> digest;
    sha1.compute(secret, plain, digest.data());
    if (!std::ranges::equal(digest, stored_digest)) return wrong_password(where);
    return plain;
}

// MD5 over each half of the salt by itself, many times, gives 16 bytes; both together are key and
// initial vector.
SecretBytes derive_jceks(
    std::array<unsigned char, kBlockBytes> salt, std::uint64_t iterations, std::string_view password
) {
    constexpr std::size_t kHalf = kBlockBytes / 2;
    if (std::equal(salt.begin(), salt.begin() + kHalf, salt.begin() + kHalf)) {
        // Java means to reverse the first half here and, by a slip that all its versions repeat,
        // does this instead.
        salt = {salt[3], salt[0], salt[1], salt[3], salt[4], salt[5], salt[6], salt[7]};
    }
    SecretBytes secret = java_password(password);
    for (std::size_t i = 0; 2 * i < secret.size(); ++i) secret[i] = secret[2 * i + 1] & 0x7f;
    secret.resize(secret.size() / 2);

    Digest md5{EVP_md5()};
    SecretBytes derived(2 * kMd5Bytes);
    for (std::size_t half = 0; half < 2; ++half) {
        unsigned char* const out = derived.data() + half * kMd5Bytes;
        ByteView input{salt.data() + half * kHalf, kHalf};
        for (std::uint64_t i = 0; i < iterations; ++i) {
            md5.compute(input, secret, out);
            input = {out, kMd5Bytes};
        }
    }
    return derived;
}

enum class Direction { decrypt, encrypt };

std::optional<SecretBytes> triple_des(
    ByteView content, const SecretBytes& derived, Direction direction
) {
    const CipherContextHandle context{EVP_CIPHER_CTX_new()};
    SecretBytes out(content.size() + kBlockBytes);
    int length = 0;
    int last = 0;
    const bool done =
        EVP_CipherInit_ex(
            context.get(), EVP_des_ede3_cbc(), nullptr, derived.data(), derived.data() + kKeyBytes,
            direction == Direction::encrypt ? 1 : 0
        ) == 1 &&
        EVP_CipherUpdate(
            context.get(), out.data(), &length, content.data(), static_cast<int>(content.size())
        ) == 1 &&
        EVP_CipherFinal_ex(context.get(), out.data() + length, &last) == 1;
    if (!done) return std::nullopt;
    out.resize(static_cast<std::size_t>(length) + static_cast<std::size_t>(last));
    return out;
}

LoadResult<SecretBytes> open_jceks(
    const X509_ALGOR* algorithm, ByteView content, std::string_view password,
    const std::string& where
) {
    const PbeHandle parameters{static_cast<PBEPARAM*>(
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter)
    )};
    std::uint64_t iterations = 0;
    if (!parameters || ASN1_STRING_length(parameters->salt) != kBlockBytes ||
        ASN1_INTEGER_get_uint64(&iterations, parameters->iter) != 1 || iterations == 0) {
        return unreadable_key(where, "the parameters of its encryption cannot be read");
    }
    if (iterations > kMaxIterations) return too_many_iterations(where);

    std::array<unsigned char, kBlockBytes> salt;
    std::copy_n(ASN1_STRING_get0_data(parameters->salt), kBlockBytes, salt.begin());
    const SecretBytes derived = derive_jceks(salt, iterations, password);
    std::optional<SecretBytes> plain = triple_des(content, derived, Direction::decrypt);
    // The padding alone lets one wrong password in 256 pass: what comes out must be one whole
    // SEQUENCE, too.
    const unsigned char* data = plain ? plain->data() : nullptr;
    long length = 0;
    int tag = 0;
    int tag_class = 0;
    if (!plain ||
        (ASN1_get_object(&data, &length, &tag, &tag_class, static_cast<long>(plain->size())) & 0x80
        ) != 0 ||
        tag != V_ASN1_SEQUENCE || data + length != plain->data() + plain->size()) {
        return wrong_password(where);
    }
    return std::move(*plain);
}

// Takes the parameters, which may be null where the scheme has none.
std::optional<SecretBytes> encrypted_private_key_info(
    std::string_view oid, ASN1_STRING* parameters, const SecretBytes& content
) {
    const EncryptedKeyHandle sealed{X509_SIG_new()};
    X509_ALGOR* algorithm = nullptr;
    ASN1_OCTET_STRING* octets = nullptr;
    X509_SIG_getm(sealed.get(), &algorithm, &octets);
    ASN1_OBJECT* const object = OBJ_txt2obj(std::string{oid}.c_str(), 1);
    const int type = parameters != nullptr ? V_ASN1_SEQUENCE : V_ASN1_NULL;
    if (object == nullptr || X509_ALGOR_set0(algorithm, object, type, parameters) != 1 ||
        ASN1_STRING_set(octets, content.data(), static_cast<int>(content.size())) != 1) {
        return std::nullopt;
    }
    SecretBytes der = der_of(sealed.get(), i2d_X509_SIG);
    if (der.empty()) return std::nullopt;
    return der;
}

ASN1_STRING* pack_parameters(
    const std::array<unsigned char, kBlockBytes>& salt, std::uint64_t iterations
) {
    const PbeHandle parameters{PBEPARAM_new()};
    if (ASN1_STRING_set(parameters->salt, salt.data(), kBlockBytes) != 1 ||
        ASN1_INTEGER_set_uint64(parameters->iter, iterations) != 1) {
        return nullptr;
    }
    return ASN1_item_pack(parameters.get(), ASN1_ITEM_rptr(PBEPARAM), nullptr);
}

}  // namespace

std::optional<SecretBytes> protect_as_jks(ByteView private_key_info, std::string_view password) {
    const SecretBytes secret = java_password(password);
    SecretBytes content(kSha1Bytes);
    if (RAND_bytes(content.data(), kSha1Bytes) != 1) return std::nullopt;

    Digest sha1{EVP_sha1()};
    SecretBytes sealed(private_key_info.begin(), private_key_info.end());
    apply_jks_stream(sealed, content, secret, sha1);
    std::array<unsigned char, kSha1Bytes> digest;
    sha1.compute(secret, private_key_info, digest.data());
    content.insert(content.end(), sealed.begin(), sealed.end());
    content.insert(content.end(), digest.begin(), digest.end());
    return encrypted_private_key_info(kJks, nullptr, content);
}

std::optional<SecretBytes> protect_as_jceks(ByteView private_key_info, std::string_view password) {
    std::array<unsigned char, kBlockBytes> salt;
    if (RAND_bytes(salt.data(), kBlockBytes) != 1) return std::nullopt;
    const SecretBytes derived = derive_jceks(salt, kJceksIterations, password);
    const auto content = triple_des(private_key_info, derived, Direction::encrypt);
    ASN1_STRING* const parameters = pack_parameters(salt, kJceksIterations);
    if (!content || parameters == nullptr) {
        ASN1_STRING_free(parameters);
        return std::nullopt;
    }
    return encrypted_private_key_info(kJceks, parameters, *content);
}

bool is_java_protection(const X509_ALGOR* algorithm) {
    const std::string oid = oid_number(algorithm->algorithm);
    return oid == kJks || oid == kJceks;
}

LoadResult<SecretBytes> open_java_protection(
    const X509_ALGOR* algorithm, const ASN1_OCTET_STRING* content, std::string_view password,
    const std::string& where
) {
    const ByteView bytes = asn1_bytes(content);
    if (oid_number(algorithm->algorithm) == kJks) return open_jks(bytes, password, where);
    return open_jceks(algorithm, bytes, password, where);
}

SecretBytes java_password(std::string_view password) {
    unsigned char* utf16 = nullptr;
    int length = 0;
    if (OPENSSL_utf82uni(password.data(), static_cast<int>(password.size()), &utf16, &length) ==
        nullptr) {
        return {};
    }
    // OpenSSL ends it with a zero character, which Java does not.
    SecretBytes bytes(utf16, utf16 + std::max(length - 2, 0));
    OPENSSL_clear_free(utf16, static_cast<std::size_t>(length));
    return bytes;
}

}  // namespace countersign::certs
