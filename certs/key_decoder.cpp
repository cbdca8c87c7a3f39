#include "certs/key_decoder.hpp"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/asn1.hpp"
#include "certs/der_bytes.hpp"

namespace countersign::certs {
namespace {

using DecoderHandle = OpensslHandle<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free>;

/// A chain of decoders for one kind of key.
class DecoderChain {
public:
    /// `algorithm`: as OpenSSL names it, or its number; empty: whatever it turns out to be.
    DecoderChain(std::string algorithm, const char* structure)
        : algorithm_{std::move(algorithm)},
          structure_{structure},
          decoder_{OSSL_DECODER_CTX_new_for_pkey(
              &made_, "DER", structure, algorithm_.empty() ? nullptr : algorithm_.c_str(),
              EVP_PKEY_KEYPAIR, nullptr, nullptr
          )} {}
    ~DecoderChain() { EVP_PKEY_free(made_); }
    DecoderChain(const DecoderChain&) = delete;
    DecoderChain& operator=(const DecoderChain&) = delete;

    bool is_for(std::string_view algorithm, std::string_view structure) const {
        return algorithm_ == algorithm && structure_ == structure;
    }

    PrivateKeyHandle decode(ByteView der) {
        const unsigned char* data = der.data();
        std::size_t left = der.size();
        ERR_set_mark();
        const bool decoded =
            decoder_ != nullptr && OSSL_DECODER_from_data(decoder_.get(), &data, &left) == 1;
        ERR_pop_to_mark();
        PrivateKeyHandle key{std::exchange(made_, nullptr)};
        if (!decoded) key.reset();
        return key;
    }

private:
    const std::string algorithm_;
    const std::string_view structure_;  // a literal
    EVP_PKEY* made_ = nullptr;          // where the decoder puts it: this object does not move
    const DecoderHandle decoder_;
};

/// With a chain that this thread keeps.
PrivateKeyHandle decode(const std::string& algorithm, const char* structure, ByteView der) {
    static constexpr std::size_t kMost = 16;  // more than there are: a file may name anything
    thread_local std::vector<std::unique_ptr<DecoderChain>> kept;
    for (const auto& chain : kept) {
        if (chain->is_for(algorithm, structure)) return chain->decode(der);
    }
    if (kept.size() == kMost) kept.clear();
    kept.push_back(std::make_unique<DecoderChain>(algorithm, structure));
    return kept.back()->decode(der);
}

}  // namespace

PrivateKeyHandle decode_key(const PKCS8_PRIV_KEY_INFO* info) {
    const ASN1_OBJECT* algorithm = nullptr;
    if (PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, info) == 1) {
        const SecretBytes der = der_of(info, i2d_PKCS8_PRIV_KEY_INFO);
        if (PrivateKeyHandle key = decode(oid_name(algorithm), "PrivateKeyInfo", der)) return key;
    }
    return PrivateKeyHandle{EVP_PKCS82PKEY(info)};
}

PrivateKeyHandle decode_traditional_key(ByteView der) {
    if (PrivateKeyHandle key = decode("", "type-specific", der)) return key;
    const unsigned char* data = der.data();
    return PrivateKeyHandle{d2i_AutoPrivateKey(nullptr, &data, static_cast<long>(der.size()))};
}

}  // namespace countersign::certs
