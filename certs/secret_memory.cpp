#include "certs/secret_memory.hpp"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTERSIGN_HEAP_IS_WATCHED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTERSIGN_HEAP_IS_WATCHED
#endif
#endif

namespace countersign::certs {

#ifdef COUNTERSIGN_HEAP_IS_WATCHED

void* take_secret_memory(std::size_t bytes) { return ::operator new(bytes); }

void give_back_secret_memory(void* memory, std::size_t bytes) noexcept {
    OPENSSL_cleanse(memory, bytes);
    ::operator delete(memory);
}

#else

namespace {

/// A password's. Sizes are powers of two from here …
constexpr std::size_t kLeastBlock = 32;
/// … to a key store's. What is larger is mapped by itself, and unmapped.
constexpr std::size_t kMostBlock = std::size_t{32} << 10;
constexpr std::size_t kSlab = 2 * kMostBlock;
constexpr std::size_t kPage = 4096;

void* map_undumped(std::size_t bytes) {
    void* const memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    // Where the kernel does not know it, the memory is as good as any other.
    ::madvise(memory, bytes, MADV_DONTDUMP);
    return memory;
}

std::size_t in_pages(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

/// What was given back stands in a list for its size; slabs are never unmapped.
class Shelves {
public:
    void* take(std::size_t size) {
        const std::lock_guard lock{mutex_};
        Free*& first = free_[shelf_of(size)];
        if (first != nullptr) return std::exchange(first, first->next);
        if (left_ < size) {
            rest_ = static_cast<char*>(map_undumped(kSlab));
            left_ = kSlab;
        }
        left_ -= size;
        return std::exchange(rest_, rest_ + size);
    }

    void give_back(void* memory, std::size_t size) noexcept {
        const std::lock_guard lock{mutex_};
        Free*& first = free_[shelf_of(size)];
        first = new (memory) Free{first};
    }

private:
    struct Free {
        Free* next;
    };

    static std::size_t shelf_of(std::size_t size) {
        return static_cast<std::size_t>(std::countr_zero(size / kLeastBlock));
    }

    std::mutex mutex_;
    std::array<Free*, std::countr_zero(kMostBlock / kLeastBlock) + 1> free_{};
    char* rest_ = nullptr;
    std::size_t left_ = 0;
};

/// Never taken apart: what is static may hold a secret until the very end.
Shelves& shelves() {
    static Shelves* const all = new Shelves;
    return *all;
}

std::size_t size_for(std::size_t bytes) { return std::bit_ceil(std::max(bytes, kLeastBlock)); }

}  // namespace

void* take_secret_memory(std::size_t bytes) {
    if (bytes > kMostBlock) return map_undumped(in_pages(bytes));
    return shelves().take(size_for(bytes));
}

void give_back_secret_memory(void* memory, std::size_t bytes) noexcept {
    OPENSSL_cleanse(memory, bytes);
    if (bytes > kMostBlock) {
        ::munmap(memory, in_pages(bytes));
    } else {
        shelves().give_back(memory, size_for(bytes));
    }
}

#endif

}  // namespace countersign::certs
