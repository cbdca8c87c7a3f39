#include "proxy/tls/key_schedule.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/openssl_handle.hpp"
#include "proxy/tls/dispatch_entry.hpp"

namespace countersign::proxy::tls {

namespace {

using DigestHandle = certs::OpensslHandle<EVP_MD, EVP_MD_free>;
using certs::ByteView;  // data() is null: not given

/// Bytes that are wiped when they are no longer needed.
template <std::size_t kSize>
struct Secret {
    Secret() = default;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { OPENSSL_cleanse(bytes.data(), kSize); }

    std::array<unsigned char, kSize> bytes{};
};

/// A digest and HMAC with it (RFC 2104), over the digest's own interface: a context of EVP_MAC
/// would keep the last key.
class Hash {
public:
    explicit Hash(std::string_view name)
        : name_{name},
          digest_{EVP_MD_fetch(nullptr, name_.c_str(), nullptr)},
          context_{EVP_MD_CTX_new()} {
        if (!digest_ || !context_) return;
        const int size = EVP_MD_get_size(digest_.get());
        const int block = EVP_MD_get_block_size(digest_.get());
        if (size <= 0 || block < size || block > static_cast<int>(kMaxBlock)) return;
        size_ = static_cast<std::size_t>(size);
        block_ = static_cast<std::size_t>(block);
        if (!(begin() && end(of_nothing_.data()))) size_ = 0;
    }

    std::string_view name() const { return name_; }
    /// Of its output; zero: OpenSSL does not have it.
    std::size_t size() const { return size_; }
    /// The digest of no bytes.
    ByteView of_nothing() const { return {of_nothing_.data(), size_}; }

    /// Of the parts one after the other, into `size()` bytes. A key is no longer than a block.
    bool mac(ByteView key, std::initializer_list<ByteView> parts, unsigned char* into) {
        if (key.size() > block_) return false;
        Secret<EVP_MAX_MD_SIZE> inner;
        const bool made = begin() && add_padded(key, 0x36) &&
                          std::ranges::all_of(parts, [&](ByteView part) { return add(part); }) &&
                          end(inner.bytes.data()) && begin() && add_padded(key, 0x5c) &&
                          add({inner.bytes.data(), size_}) && end(into);
        return begin() && made;  // whatever became of it, the context forgets it
    }

private:
    static constexpr std::size_t kMaxBlock = 128;

    bool begin() { return EVP_DigestInit_ex(context_.get(), digest_.get(), nullptr) == 1; }
    bool add(ByteView bytes) {
        return EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }
    bool end(unsigned char* into) { return EVP_DigestFinal_ex(context_.get(), into, nullptr) == 1; }
    bool add_padded(ByteView key, unsigned char pad) {
        Secret<kMaxBlock> block;
        std::fill_n(block.bytes.begin(), block_, pad);
        for (std::size_t i = 0; i < key.size(); ++i) block.bytes[i] ^= key[i];
        return add({block.bytes.data(), block_});
    }

    const std::string name_;
    const DigestHandle digest_;
    const certs::DigestContextHandle context_;
    std::size_t size_ = 0;
    std::size_t block_ = 0;
    std::array<unsigned char, EVP_MAX_MD_SIZE> of_nothing_{};
};

/// This thread's; null: OpenSSL does not have it.
Hash* find_hash(std::string_view name) {
    static constexpr std::size_t kMost = 8;  // TLS 1.3 has two
    thread_local std::vector<std::unique_ptr<Hash>> kept;
    for (const auto& one : kept) {
        if (one->name() == name) return one.get();
    }
    auto made = std::make_unique<Hash>(name);
    if (made->size() == 0) return nullptr;
    if (kept.size() == kMost) kept.clear();
    kept.push_back(std::move(made));
    return kept.back().get();
}

/// What libssl gives with each derivation.
struct Request {
    int mode = -1;
    std::string_view digest;
    ByteView key;
    ByteView salt;
    ByteView prefix;
    ByteView label;
    ByteView data;
};

Request read(const OSSL_PARAM* parameters) {
    Request request;
    for (; parameters != nullptr && parameters->key != nullptr; ++parameters) {
        const OSSL_PARAM& one = *parameters;
        const std::string_view key{one.key};
        if (key == OSSL_KDF_PARAM_MODE) {
            if (OSSL_PARAM_get_int(&one, &request.mode) != 1) request.mode = -1;
        } else if (one.data_type == OSSL_PARAM_UTF8_STRING) {
            if (key != OSSL_KDF_PARAM_DIGEST) continue;
            request.digest = {static_cast<const char*>(one.data), one.data_size};
        } else if (one.data_type == OSSL_PARAM_OCTET_STRING) {
            const ByteView bytes{static_cast<const unsigned char*>(one.data), one.data_size};
            if (key == OSSL_KDF_PARAM_KEY) request.key = bytes;
            if (key == OSSL_KDF_PARAM_SALT) request.salt = bytes;
            if (key == OSSL_KDF_PARAM_PREFIX) request.prefix = bytes;
            if (key == OSSL_KDF_PARAM_LABEL) request.label = bytes;
            if (key == OSSL_KDF_PARAM_DATA) request.data = bytes;
        }
    }
    return request;
}

/// HKDF-Expand-Label(secret, label, context, size of `into`).
bool expand_label(
    Hash& hash, const Request& request, ByteView secret, ByteView context,
    std::span<unsigned char> into
) {
    const std::size_t label_size = request.prefix.size() + request.label.size();
    const std::size_t rounds = (into.size() + hash.size() - 1) / hash.size();
    if (label_size > 255 || context.size() > 255 || rounds == 0 || rounds > 255) return false;
    const std::array<unsigned char, 3> sizes{
        static_cast<unsigned char>(into.size() >> 8), static_cast<unsigned char>(into.size()),
        static_cast<unsigned char>(label_size)};
    const std::array<unsigned char, 1> context_size{static_cast<unsigned char>(context.size())};
    Secret<EVP_MAX_MD_SIZE> block;
    ByteView before;
    for (std::size_t round = 1; round <= rounds; ++round) {
        const std::array<unsigned char, 1> number{static_cast<unsigned char>(round)};
        const bool made = hash.mac(
            secret, {before, sizes, request.prefix, request.label, context_size, context, number},
            block.bytes.data()
        );
        if (!made) return false;
        const std::size_t wanted = std::min(into.size(), hash.size());
        std::copy_n(block.bytes.begin(), wanted, into.begin());
        into = into.subspan(wanted);
        before = {block.bytes.data(), hash.size()};
    }
    return true;
}

/// The next secret: HKDF-Extract of what came before, if something did, and of what is new.
bool extract(Hash& hash, const Request& request, unsigned char* into) {
    static constexpr std::array<unsigned char, EVP_MAX_MD_SIZE> kZeros{};
    const ByteView added =
        request.key.data() == nullptr ? ByteView{kZeros.data(), hash.size()} : request.key;
    if (request.salt.empty()) return hash.mac({}, {added}, into);
    Secret<EVP_MAX_MD_SIZE> derived;
    return expand_label(
               hash, request, request.salt, hash.of_nothing(), {derived.bytes.data(), hash.size()}
           ) &&
           hash.mac({derived.bytes.data(), hash.size()}, {added}, into);
}

bool answer(const Request& request, std::span<unsigned char> into) {
    Hash* const hash = find_hash(request.digest);
    if (hash == nullptr || into.data() == nullptr) return false;
    if (request.mode == EVP_KDF_HKDF_MODE_EXTRACT_ONLY) {
        return into.size() == hash->size() && extract(*hash, request, into.data());
    }
    return request.mode == EVP_KDF_HKDF_MODE_EXPAND_ONLY && request.key.data() != nullptr &&
           expand_label(*hash, request, request.key, request.data, into);
}

int derive(void*, unsigned char* into, std::size_t size, const OSSL_PARAM* parameters) {
    try {
        return answer(read(parameters), {into, size}) ? 1 : 0;
    } catch (...) {  // out of memory: nothing is thrown through OpenSSL
        return 0;
    }
}

/// There is nothing to keep: a derivation is given all that it needs.
void* make_context(void*) {
    static char nothing = 0;
    return &nothing;
}

void free_context(void*) {}

/// Nor to be told beforehand: it would be lost.
int set_parameters(void*, const OSSL_PARAM* parameters) {
    return parameters == nullptr || parameters->key == nullptr ? 1 : 0;
}

}  // namespace

const OSSL_DISPATCH* key_schedule() {
    static const std::array<OSSL_DISPATCH, 5> table{
        dispatch_entry(OSSL_FUNC_KDF_NEWCTX, make_context),
        dispatch_entry(OSSL_FUNC_KDF_FREECTX, free_context),
        dispatch_entry(OSSL_FUNC_KDF_SET_CTX_PARAMS, set_parameters),
        dispatch_entry(OSSL_FUNC_KDF_DERIVE, derive), OSSL_DISPATCH{0, nullptr}};
    return table.data();
}

}  // namespace countersign::proxy::tls
