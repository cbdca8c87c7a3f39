#pragma once

#include <openssl/crypto.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace countersign::certs {

using ByteView = std::span<const unsigned char>;

/// Wipes what it gives back, so that a vector that grows, moves or dies leaves no copy of its bytes
/// behind.
template <class T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() = default;
    template <class U>
    WipingAllocator(const WipingAllocator<U>&) noexcept {}

    T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
    void deallocate(T* memory, std::size_t count) noexcept {
        OPENSSL_cleanse(memory, count * sizeof(T));
        std::allocator<T>{}.deallocate(memory, count);
    }
    friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// Bytes that may hold a key or a password: files, decrypted keys, passwords in another encoding.
using SecretBytes = std::vector<unsigned char, WipingAllocator<unsigned char>>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace countersign::certs
