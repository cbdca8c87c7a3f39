#include "certs/write/pem_block.hpp"

#include <openssl/buffer.h>
#include <openssl/pem.h>

#include "certs/der_bytes.hpp"

namespace countersign::certs {

EditResult<SecretBytes> pem_block(const char* label, ByteView der, const std::string& header) {
    // OpenSSL wipes what a secure memory BIO gives back.
    const BioHandle bio{BIO_new(BIO_s_secmem())};
    if (!bio || PEM_write_bio(
                    bio.get(), label, header.c_str(), der.data(), static_cast<long>(der.size())
                ) <= 0) {
        return openssl_error("a PEM block cannot be written");
    }
    const char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return SecretBytes(data, data + length);
}

EditResult<SecretBytes> pem_block_of(const SealedKey& key) {
    switch (key.form) {
        case SealedKey::Form::pkcs8:
            return pem_block(PEM_STRING_PKCS8INF, key.der);
        case SealedKey::Form::pkcs8_encrypted:
            return pem_block(PEM_STRING_PKCS8, key.der);
        case SealedKey::Form::traditional:
        case SealedKey::Form::traditional_encrypted:
            break;
    }
    return EditError{"the private key is in an old form of PEM and has to be opened first."};
}

EditResult<SecretBytes> pem_block_of(const X509* certificate) {
    return pem_block(PEM_STRING_X509, der_of(certificate, i2d_X509));
}

}  // namespace countersign::certs
