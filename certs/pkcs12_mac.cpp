#include "certs/pkcs12_mac.hpp"

#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <cstdint>

#include "certs/asn1.hpp"
#include "certs/printable.hpp"

namespace countersign::certs {
namespace {

using Forms = std::vector<std::string_view>;
using DigestHandle = OpensslHandle<EVP_MD, EVP_MD_free>;

// Longer ones mean nothing to an HMAC of SHA-512, and are asked for only to waste time.
constexpr std::uint64_t kMaxKeyBytes = 64;

LoadError unreadable_mac(const std::string& where) {
    drain_openssl_errors();
    return {LoadErrorCode::malformed, where, "the parameters of its MAC cannot be read"};
}

LoadError unknown_mac(const ASN1_OBJECT* algorithm, const std::string& where) {
    drain_openssl_errors();
    return {
        LoadErrorCode::unsupported, where,
        "its MAC is made with " + printable(oid_name(algorithm)) +
            ", which is not known; export it again with an HMAC of SHA-256"};
}

// Null: not there, or under a name that only some other library knows.
DigestHandle fetch_digest(int nid) {
    DigestHandle digest{
        nid != NID_undef ? EVP_MD_fetch(nullptr, OBJ_nid2sn(nid), nullptr) : nullptr};
    drain_openssl_errors();
    return digest;
}

DigestHandle digest_of_hmac(const X509_ALGOR* algorithm) {
    int digest = NID_undef;
    EVP_PBE_find(EVP_PBE_TYPE_PRF, OBJ_obj2nid(algorithm->algorithm), nullptr, &digest, nullptr);
    return fetch_digest(digest);
}

/// What PBMAC1 asks for, checked.
struct Pbmac1 {
    SecretBytes salt;
    std::uint64_t iterations = 0;
    std::size_t key_bytes = 0;
    DigestHandle prf;
    DigestHandle hmac;

    static LoadResult<Pbmac1> inspect(const X509_ALGOR* algorithm, const std::string& where) {
        // The shape of PBES2's: a key derivation, and what is done with the key.
        const Pbe2Handle outer{static_cast<PBE2PARAM*>(
            ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter)
        )};
        if (!outer) return unreadable_mac(where);
        if (OBJ_obj2nid(outer->keyfunc->algorithm) != NID_id_pbkdf2) {
            return unknown_mac(outer->keyfunc->algorithm, where);
        }
        const Pbkdf2Handle derivation{static_cast<PBKDF2PARAM*>(
            ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), outer->keyfunc->parameter)
        )};
        // RFC 9579 4: the length of the key has to be there.
        std::uint64_t key_bytes = 0;
        if (!derivation || derivation->salt->type != V_ASN1_OCTET_STRING ||
            ASN1_INTEGER_get_uint64(&key_bytes, derivation->keylength) != 1 || key_bytes == 0 ||
            key_bytes > kMaxKeyBytes) {
            return unreadable_mac(where);
        }
        Pbmac1 found;
        found.key_bytes = static_cast<std::size_t>(key_bytes);
        const ByteView salt = asn1_bytes(derivation->salt->value.octet_string);
        found.salt.assign(salt.begin(), salt.end());
        if (ASN1_INTEGER_get_uint64(&found.iterations, derivation->iter) != 1) {
            found.iterations = kMaxIterations + 1;
        }
        if (found.iterations == 0) return unreadable_mac(where);
        found.prf =
            derivation->prf != nullptr ? digest_of_hmac(derivation->prf) : fetch_digest(NID_sha1);
        if (!found.prf) return unknown_mac(derivation->prf->algorithm, where);
        found.hmac = digest_of_hmac(outer->encryption);
        if (!found.hmac) return unknown_mac(outer->encryption->algorithm, where);
        return found;
    }

    // The password as it is given, UTF-8: not in the two-byte form of PKCS#12's own MAC.
    bool fits(std::string_view password, ByteView content, const ASN1_OCTET_STRING* expected)
        const {
        SecretBytes key(key_bytes);
        unsigned char mac[EVP_MAX_MD_SIZE];
        unsigned int length = 0;
        const bool computed =
            PKCS5_PBKDF2_HMAC(
                password.empty() ? "" : password.data(), static_cast<int>(password.size()),
                salt.data(), static_cast<int>(salt.size()), static_cast<int>(iterations), prf.get(),
                static_cast<int>(key.size()), key.data()
            ) == 1 &&
            HMAC(
                hmac.get(), key.data(), static_cast<int>(key.size()), content.data(),
                content.size(), mac, &length
            ) != nullptr;
        drain_openssl_errors();
        return computed && length == static_cast<unsigned int>(ASN1_STRING_length(expected)) &&
               CRYPTO_memcmp(mac, ASN1_STRING_get0_data(expected), length) == 0;
    }
};

// What the MAC is made over. PKCS12 hides it: it is what follows the version, in front.
Pkcs7Handle content_of(ByteView bytes) {
    const unsigned char* data = bytes.data();
    const unsigned char* const end = data + bytes.size();
    long length = 0;
    int tag = 0;
    int tag_class = 0;
    ASN1_get_object(&data, &length, &tag, &tag_class, end - data);
    if ((ASN1_get_object(&data, &length, &tag, &tag_class, end - data) & 0x80) != 0) return nullptr;
    data += length;
    Pkcs7Handle content{d2i_PKCS7(nullptr, &data, end - data)};
    if (content && (!PKCS7_type_is_data(content.get()) || content->d.data == nullptr))
        return nullptr;
    return content;
}

LoadResult<Forms> check_pbmac1(
    PKCS12* store, ByteView bytes, const Forms& forms, DecryptionGate& gate,
    const std::string& where
) {
    const ASN1_OCTET_STRING* expected = nullptr;
    const X509_ALGOR* algorithm = nullptr;
    PKCS12_get0_mac(&expected, &algorithm, nullptr, nullptr, store);
    const LoadResult<Pbmac1> pbmac1 = Pbmac1::inspect(algorithm, where);
    if (!pbmac1) return pbmac1.error();
    if (auto error = gate.spend(pbmac1->iterations, where)) return *error;
    const Pkcs7Handle content = content_of(bytes);
    if (!content) return unreadable_mac(where);
    // An empty password and an absent one are the same here.
    if (!pbmac1->fits(forms.front(), asn1_bytes(content->d.data), expected)) return Forms{};
    return forms;
}

LoadResult<Forms> check_own_mac(
    PKCS12* store, const Forms& forms, DecryptionGate& gate, const std::string& where
) {
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_INTEGER* count = nullptr;
    PKCS12_get0_mac(nullptr, &algorithm, nullptr, &count, store);
    if (!fetch_digest(OBJ_obj2nid(algorithm->algorithm))) {
        return unknown_mac(algorithm->algorithm, where);
    }
    std::uint64_t iterations = 1;
    if (count != nullptr && ASN1_INTEGER_get_uint64(&iterations, count) != 1) {
        iterations = kMaxIterations + 1;
    }
    for (const std::string_view form : forms) {
        if (auto error = gate.spend(iterations, where)) return *error;
        if (PKCS12_verify_mac(store, form.data(), static_cast<int>(form.size())) == 1) {
            return Forms{form};
        }
        drain_openssl_errors();
    }
    return Forms{};
}

}  // namespace

LoadResult<Forms> forms_that_fit_mac(
    PKCS12* store, ByteView bytes, const Forms& forms, DecryptionGate& gate,
    const std::string& where
) {
    if (PKCS12_mac_present(store) != 1) return forms;
    const X509_ALGOR* algorithm = nullptr;
    PKCS12_get0_mac(nullptr, &algorithm, nullptr, nullptr, store);
    if (OBJ_obj2nid(algorithm->algorithm) == NID_pbmac1) {
        return check_pbmac1(store, bytes, forms, gate, where);
    }
    return check_own_mac(store, forms, gate, where);
}

}  // namespace countersign::certs
