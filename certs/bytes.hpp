#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "certs/secret_memory.hpp"

namespace countersign::certs {

using ByteView = std::span<const unsigned char>;

/// Wipes what it gives back, so that a vector that grows, moves or dies leaves no copy of its bytes
/// behind; and no core dump has them while they are there.
template <class T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() = default;
    template <class U>
    WipingAllocator(const WipingAllocator<U>&) noexcept {}

    T* allocate(std::size_t count) {
        return static_cast<T*>(take_secret_memory(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) noexcept {
        give_back_secret_memory(memory, count * sizeof(T));
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
