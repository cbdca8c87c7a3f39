#include "certs/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "certs/error.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {

std::string sha256_hex(ByteView bytes) {
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        drain_openssl_errors();
    std::string text;
    for (const unsigned char byte : digest) append_hex(text, byte);
    return text;
}

}  // namespace countersign::certs
