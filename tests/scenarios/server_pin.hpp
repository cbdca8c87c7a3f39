#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstddef>
#include <string>

namespace countersign::tests {

/// As `tls.pins` has it.
inline std::string pin_of(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    unsigned char digest[32];
    EVP_Digest(der, static_cast<std::size_t>(size), digest, nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    unsigned char base64[64];
    EVP_EncodeBlock(base64, digest, 32);
    return std::string{"sha256/"} + reinterpret_cast<const char*>(base64);
}

}  // namespace countersign::tests
