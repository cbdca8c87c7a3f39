#include "certs/sealed_key.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "certs/asn1.hpp"
#include "certs/java/key_protector.hpp"
#include "certs/key_decoder.hpp"
#include "certs/password_encryption.hpp"
#include "certs/password_oddity.hpp"

namespace countersign::certs {
namespace {

using CipherHandle = OpensslHandle<EVP_CIPHER, EVP_CIPHER_free>;

LoadError unreadable_key(const std::string& where) {
    return {LoadErrorCode::malformed, where, "the private key: " + drain_openssl_errors()};
}

LoadError not_opened(const std::optional<Secret>& password, const std::string& where) {
    drain_openssl_errors();
    if (!password) {
        LoadError error{LoadErrorCode::password_needed, where, ""};
        error.cause = "the private key in " + where + " is encrypted and no password is given";
        return error;
    }
    return {
        LoadErrorCode::wrong_password, where,
        password->empty() ? "the password is empty"
                          : "it does not decrypt the private key" + oddity_of(password->reveal())};
}

LoadResult<PrivateKeyHandle> decode(const PKCS8_PRIV_KEY_INFO* info, const std::string& where) {
    PrivateKeyHandle key = decode_key(info);
    if (key) return key;
    const ASN1_OBJECT* algorithm = nullptr;
    const bool known = PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, info) == 1;
    return LoadError{
        LoadErrorCode::unsupported, where,
        "OpenSSL does not read its " + (known ? oid_name(algorithm) : "?") +
            " key: " + drain_openssl_errors()};
}

LoadResult<PrivateKeyHandle> open_pkcs8(ByteView der, const std::string& where) {
    const unsigned char* data = der.data();
    const PrivateKeyInfoHandle info{
        d2i_PKCS8_PRIV_KEY_INFO(nullptr, &data, static_cast<long>(der.size()))};
    if (!info) return unreadable_key(where);
    return decode(info.get(), where);
}

LoadResult<PrivateKeyHandle> open_traditional(ByteView der, const std::string& where) {
    PrivateKeyHandle key = decode_traditional_key(der);
    if (!key) return unreadable_key(where);
    return key;
}

LoadResult<PrivateKeyHandle> open_encrypted_pkcs8(
    ByteView der, const std::optional<Secret>& password, const std::string& where,
    DecryptionGate& gate
) {
    const unsigned char* data = der.data();
    const EncryptedKeyHandle sealed{d2i_X509_SIG(nullptr, &data, static_cast<long>(der.size()))};
    if (!sealed) return unreadable_key(where);
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_OCTET_STRING* content = nullptr;
    X509_SIG_get0(sealed.get(), &algorithm, &content);
    if (is_java_protection(algorithm)) {
        if (!password) return not_opened(password, where);
        const auto plain = open_java_protection(algorithm, content, password->reveal(), where);
        if (!plain && plain.error().code == LoadErrorCode::wrong_password) {
            return not_opened(password, where);
        }
        if (!plain) return plain.error();
        return open_pkcs8(*plain, where);
    }
    const LoadResult<OSSL_LIB_CTX*> context = gate.admit(algorithm, where);
    if (!context) return context.error();
    std::vector<std::string_view> forms = password_forms(password);
    const std::optional<Secret> latin1 = latin1_form(password);
    if (latin1) forms.push_back(latin1->reveal());
    for (const std::string_view form : forms) {
        const PrivateKeyInfoHandle info{PKCS8_decrypt_ex(
            sealed.get(), form.data(), static_cast<int>(form.size()), *context, nullptr
        )};
        if (info) return decode(info.get(), where);
    }
    return not_opened(password, where);
}

// RFC 1421's way, as OpenSSL has always filled it in: one round of MD5 over password and initial
// vector. PEM_do_header would do the same, but never with single DES, which lives in the legacy
// provider. Nullopt: the padding says that the password is another one.
std::optional<SecretBytes> decrypt_traditional(
    const EVP_CIPHER_INFO& info, ByteView content, std::string_view password, OSSL_LIB_CTX* context
) {
    unsigned char key[EVP_MAX_KEY_LENGTH];
    const CipherHandle cipher{
        EVP_CIPHER_fetch(context, EVP_CIPHER_get0_name(info.cipher), nullptr)};
    const CipherContextHandle decryption{EVP_CIPHER_CTX_new()};
    SecretBytes plain(content.size() + EVP_MAX_BLOCK_LENGTH);
    int length = 0;
    int last = 0;
    const bool done =
        cipher != nullptr &&
        EVP_BytesToKey(
            info.cipher, EVP_md5(), info.iv,
            reinterpret_cast<const unsigned char*>(password.data()),
            static_cast<int>(password.size()), 1, key, nullptr
        ) > 0 &&
        EVP_DecryptInit_ex2(decryption.get(), cipher.get(), key, info.iv, nullptr) == 1 &&
        EVP_DecryptUpdate(
            decryption.get(), plain.data(), &length, content.data(),
            static_cast<int>(content.size())
        ) == 1 &&
        EVP_DecryptFinal_ex(decryption.get(), plain.data() + length, &last) == 1;
    OPENSSL_cleanse(key, sizeof key);
    drain_openssl_errors();
    if (!done) return std::nullopt;
    plain.resize(static_cast<std::size_t>(length + last));
    return plain;
}

LoadResult<PrivateKeyHandle> open_encrypted_traditional(
    const SealedKey& sealed, const std::optional<Secret>& password, const std::string& where,
    DecryptionGate& gate
) {
    std::string header = sealed.pem_header;
    EVP_CIPHER_INFO cipher{};
    if (PEM_get_EVP_CIPHER_INFO(header.data(), &cipher) != 1) {
        return LoadError{
            LoadErrorCode::unsupported, where,
            "the encryption of the private key: " + drain_openssl_errors()};
    }
    if (!password) return not_opened(password, where);
    PasswordEncryption wanted;
    wanted.cipher = EVP_CIPHER_get0_name(cipher.cipher);
    wanted.digest = "MD5";
    const LoadResult<OSSL_LIB_CTX*> context = gate.admit(wanted, where);
    if (!context) return context.error();
    const auto der = decrypt_traditional(cipher, sealed.der, password->reveal(), *context);
    if (!der) return not_opened(password, where);
    PrivateKeyHandle key = decode_traditional_key(*der);
    // One wrong password in 256 leaves padding that looks right, and then bytes that are no key.
    if (!key) return not_opened(password, where);
    return key;
}

template <class Handle, class T>
bool fills(ByteView bytes, T* (*decode_der)(T**, const unsigned char**, long)) {
    const unsigned char* data = bytes.data();
    const Handle decoded{decode_der(nullptr, &data, static_cast<long>(bytes.size()))};
    drain_openssl_errors();
    return decoded && data == bytes.data() + bytes.size();
}

}  // namespace

std::optional<SealedKey> recognise_der_key(ByteView bytes) {
    using Form = SealedKey::Form;
    if (bytes.empty() || bytes.front() != 0x30) return std::nullopt;
    const SecretBytes der{bytes.begin(), bytes.end()};
    if (fills<PrivateKeyInfoHandle>(bytes, d2i_PKCS8_PRIV_KEY_INFO))
        return SealedKey{Form::pkcs8, der};
    if (fills<EncryptedKeyHandle>(bytes, d2i_X509_SIG))
        return SealedKey{Form::pkcs8_encrypted, der};
    if (fills<PrivateKeyHandle>(bytes, d2i_AutoPrivateKey))
        return SealedKey{Form::traditional, der};
    return std::nullopt;
}

LoadResult<PrivateKeyHandle> open_key(
    const SealedKey& sealed, const std::optional<Secret>& password, const std::string& where
) {
    DecryptionGate gate;
    return open_key(sealed, password, where, gate);
}

LoadResult<PrivateKeyHandle> open_key(
    const SealedKey& sealed, const std::optional<Secret>& password, const std::string& where,
    DecryptionGate& gate
) {
    switch (sealed.form) {
        case SealedKey::Form::pkcs8:
            return open_pkcs8(sealed.der, where);
        case SealedKey::Form::pkcs8_encrypted:
            return open_encrypted_pkcs8(sealed.der, password, where, gate);
        case SealedKey::Form::traditional:
            return open_traditional(sealed.der, where);
        case SealedKey::Form::traditional_encrypted:
            return open_encrypted_traditional(sealed, password, where, gate);
    }
    return unreadable_key(where);
}

}  // namespace countersign::certs
