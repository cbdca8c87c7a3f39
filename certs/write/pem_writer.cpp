#include "certs/write/pem_writer.hpp"

#include <openssl/buffer.h>
#include <openssl/pem.h>

#include "certs/der_bytes.hpp"
#include "certs/write/pem_rewrite.hpp"

namespace countersign::certs {
namespace {

std::optional<EditError> append(SecretBytes& out, EditResult<SecretBytes> block) {
    if (!block) return block.error();
    out.insert(out.end(), block->begin(), block->end());
    return std::nullopt;
}

}  // namespace

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

EditResult<SecretBytes> write_pem(const std::vector<X509Handle>& certificates) {
    SecretBytes out;
    for (const X509Handle& certificate : certificates) {
        if (auto error = append(out, pem_block_of(certificate.get()))) return *error;
    }
    return out;
}

EditResult<SecretBytes> write_pem(const KeyStoreEntries& entries) {
    if (!entries.carried.pem.empty()) return rewrite_pem(entries);
    SecretBytes out;
    for (const KeyEntry& entry : entries.keys) {
        if (auto error = append(out, pem_block_of(entry.key))) return *error;
        if (auto error = append(out, write_pem(entry.certificates))) return *error;
    }
    if (auto error = append(out, write_pem(entries.loose))) return *error;
    for (const TrustedEntry& entry : entries.trusted) {
        if (auto error = append(out, pem_block_of(entry.certificate.get()))) return *error;
    }
    return out;
}

}  // namespace countersign::certs
