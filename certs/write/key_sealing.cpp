#include "certs/write/key_sealing.hpp"

#include <openssl/pkcs12.h>

#include <string>
#include <utility>

#include "certs/der_bytes.hpp"
#include "certs/java/key_protector.hpp"

namespace countersign::certs {
namespace {

EditResult<SealedKey> sealed(std::optional<SecretBytes> der) {
    if (!der || der->empty()) return openssl_error("the private key cannot be encrypted");
    return SealedKey{SealedKey::Form::pkcs8_encrypted, std::move(*der)};
}

std::optional<SecretBytes> encrypt_with_aes(PKCS8_PRIV_KEY_INFO* info, std::string_view password) {
    const EncryptedKeyHandle encrypted{PKCS8_encrypt(
        -1, EVP_aes_256_cbc(), password.data(), static_cast<int>(password.size()), nullptr, 0,
        kWrittenIterations, info
    )};
    if (!encrypted) return std::nullopt;
    return der_of(encrypted.get(), i2d_X509_SIG);
}

}  // namespace

EditResult<SealedKey> seal_key(
    const EVP_PKEY* key, Container container, const std::optional<Secret>& password
) {
    const PrivateKeyInfoHandle info{EVP_PKEY2PKCS8(key)};
    if (!info) return openssl_error("the private key cannot be written");
    SecretBytes plain = der_of(info.get(), i2d_PKCS8_PRIV_KEY_INFO);
    if (!password && is_java(container)) {
        return EditError{
            std::string{name_of(container)} +
            " keeps no key without a password. Give one, or use PKCS#12 or PEM."};
    }
    if (!password) return SealedKey{SealedKey::Form::pkcs8, std::move(plain)};
    switch (container) {
        case Container::jks:
            return sealed(protect_as_jks(plain, password->reveal()));
        case Container::jceks:
            return sealed(protect_as_jceks(plain, password->reveal()));
        case Container::pkcs12:
        case Container::pem:
            break;
    }
    return sealed(encrypt_with_aes(info.get(), password->reveal()));
}

bool is_native(const SealedKey& key, Container container) {
    if (!is_java(container) && key.form == SealedKey::Form::pkcs8) return true;
    if (key.form != SealedKey::Form::pkcs8_encrypted) return container == Container::pem;
    const unsigned char* data = key.der.data();
    const EncryptedKeyHandle parsed{
        d2i_X509_SIG(nullptr, &data, static_cast<long>(key.der.size()))};
    const X509_ALGOR* algorithm = nullptr;
    if (parsed) X509_SIG_get0(parsed.get(), &algorithm, nullptr);
    drain_openssl_errors();
    return algorithm != nullptr && is_java_protection(algorithm) == is_java(container);
}

}  // namespace countersign::certs
