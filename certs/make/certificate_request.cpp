#include "certs/make/certificate_request.hpp"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "certs/der_bytes.hpp"

namespace countersign::certs {
namespace {

using RequestHandle = OpensslHandle<X509_REQ, X509_REQ_free>;
using BitStringHandle = OpensslHandle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using OctetsHandle = OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using UsagesHandle = OpensslHandle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using ConstraintsHandle = OpensslHandle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using ExtensionsHandle =
    OpensslHandle<STACK_OF(X509_EXTENSION), [](STACK_OF(X509_EXTENSION) * extensions) {
        sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    }>;

constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kKeyIdBytes = 20;

// A digest that is no weaker than the key; Ed25519 and Ed448 bring their own.
const EVP_MD* digest_for(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1) return nullptr;
    const int bits = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? EVP_PKEY_get_bits(key) : 0;
    return bits > 384 ? EVP_sha512() : bits > 256 ? EVP_sha384() : EVP_sha256();
}

class Extensions {
public:
    Extensions() = default;

    bool add(const CertificateWish& wish) {
        const BitStringHandle usage{ASN1_BIT_STRING_new()};
        ASN1_BIT_STRING_set_bit(usage.get(), 0, 1);  // digitalSignature
        const UsagesHandle purposes{EXTENDED_KEY_USAGE_new()};
        for (const auto& [wanted, nid] :
             {std::pair{wish.purpose.client, NID_client_auth},
              std::pair{wish.purpose.server, NID_server_auth}}) {
            if (wanted) sk_ASN1_OBJECT_push(purposes.get(), OBJ_nid2obj(nid));
        }
        return add(NID_key_usage, usage.get(), true) &&
               (sk_ASN1_OBJECT_num(purposes.get()) == 0 ||
                add(NID_ext_key_usage, purposes.get(), false)) &&
               (wish.names == nullptr ||
                add(NID_subject_alt_name, const_cast<GENERAL_NAMES*>(wish.names), false));
    }

    bool add(int nid, void* value, bool critical) {
        STACK_OF(X509_EXTENSION)* stack = stack_.release();
        const int added = X509V3_add1_i2d(&stack, nid, value, critical ? 1 : 0, X509V3_ADD_DEFAULT);
        stack_.reset(stack);
        return added == 1;
    }

    STACK_OF(X509_EXTENSION) * get() const { return stack_.get(); }

private:
    ExtensionsHandle stack_;
};

bool add_end_entity_marks(Extensions& extensions, X509* certificate) {
    const ConstraintsHandle constraints{BASIC_CONSTRAINTS_new()};
    std::array<unsigned char, kKeyIdBytes> digest{};
    const OctetsHandle key_id{ASN1_OCTET_STRING_new()};
    return X509_pubkey_digest(certificate, EVP_sha1(), digest.data(), nullptr) == 1 &&
           ASN1_OCTET_STRING_set(key_id.get(), digest.data(), kKeyIdBytes) == 1 &&
           extensions.add(NID_basic_constraints, constraints.get(), true) &&
           extensions.add(NID_subject_key_identifier, key_id.get(), false);
}

bool set_random_serial(X509* certificate) {
    std::array<unsigned char, kSerialBytes> bytes{};
    if (RAND_bytes(bytes.data(), kSerialBytes) != 1) return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
    const OpensslHandle<BIGNUM, BN_free> number{BN_bin2bn(bytes.data(), kSerialBytes, nullptr)};
    return BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, std::chrono::system_clock::time_point now, int days) {
    const std::time_t begin = std::chrono::system_clock::to_time_t(now);
    return ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != nullptr &&
           ASN1_TIME_adj(X509_getm_notAfter(certificate), begin, days, 0) != nullptr;
}

bool add_all(X509* certificate, const Extensions& extensions) {
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions.get()); ++i) {
        if (X509_add_ext(certificate, sk_X509_EXTENSION_value(extensions.get(), i), -1) != 1) {
            return false;
        }
    }
    return true;
}

}  // namespace

Purpose purpose_of(const X509* certificate) {
    if (certificate == nullptr) return {};
    const UsagesHandle usages{static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)
    )};
    drain_openssl_errors();
    Purpose purpose{.client = false, .server = false};
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
        const int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), i));
        purpose.client |= nid == NID_client_auth;
        purpose.server |= nid == NID_server_auth;
    }
    return purpose.client || purpose.server ? purpose : Purpose{};
}

EditResult<SecretBytes> make_request(EVP_PKEY* key, const CertificateWish& wish) {
    const RequestHandle request{X509_REQ_new()};
    Extensions extensions;
    const bool made = extensions.add(wish) && X509_REQ_set_version(request.get(), 0) == 1 &&
                      X509_REQ_set_subject_name(request.get(), wish.subject) == 1 &&
                      X509_REQ_set_pubkey(request.get(), key) == 1 &&
                      X509_REQ_add_extensions(request.get(), extensions.get()) == 1 &&
                      X509_REQ_sign(request.get(), key, digest_for(key)) > 0;
    if (!made) return openssl_error("the request cannot be made");
    return der_of(request.get(), i2d_X509_REQ);
}

EditResult<X509Handle> make_self_signed(
    EVP_PKEY* key, const CertificateWish& wish, std::chrono::system_clock::time_point now, int days
) {
    X509Handle certificate{X509_new()};
    X509* const raw = certificate.get();
    Extensions extensions;
    const bool made = X509_set_version(raw, X509_VERSION_3) == 1 && set_random_serial(raw) &&
                      set_times(raw, now, days) && X509_set_subject_name(raw, wish.subject) == 1 &&
                      X509_set_issuer_name(raw, wish.subject) == 1 &&
                      X509_set_pubkey(raw, key) == 1 && add_end_entity_marks(extensions, raw) &&
                      extensions.add(wish) && add_all(raw, extensions) &&
                      X509_sign(raw, key, digest_for(key)) > 0;
    if (!made) return openssl_error("the certificate cannot be made");
    return certificate;
}

}  // namespace countersign::certs
