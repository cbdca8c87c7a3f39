#include "proxy/tls/openssl_memory.hpp"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace countersign::proxy {

namespace {

// Sizes up to 1 KiB in steps of 64 bytes, then four steps for each doubling, up to a little more
// than a record.
constexpr std::size_t kStep = 64;
constexpr std::size_t kFine = 1024;
constexpr std::size_t kFineClasses = kFine / kStep;
constexpr std::size_t kLargest = 20480;
constexpr std::size_t kClasses = kFineClasses + 17;
/// What one class keeps at most: what a burst of handshakes leaves behind goes back to the heap.
constexpr std::size_t kKeptBytes = std::size_t{128} << 10;

constexpr std::size_t size_of(std::size_t index) {
    if (index < kFineClasses) return (index + 1) * kStep;
    const std::size_t coarse = index - kFineClasses;
    return (kFine << (coarse / 4)) / 4 * (5 + coarse % 4);
}

/// The smallest class that has room for `size`, which is at most kLargest.
constexpr std::size_t class_for(std::size_t size) {
    if (size <= kFine) return (size - 1) / kStep;
    const auto doubling = static_cast<std::size_t>(std::bit_width((size - 1) / kFine)) - 1;
    return kFineClasses + doubling * 4 +
           (size - 1 - (kFine << doubling)) / ((kFine << doubling) / 4);
}

static_assert(class_for(1) == 0 && class_for(64) == 0 && class_for(65) == 1);
static_assert(class_for(1024) == 15 && class_for(1025) == 16 && size_of(16) == 1280);
static_assert(class_for(1280) == 16 && class_for(1281) == 17 && class_for(2048) == 19);
static_assert(class_for(kLargest) == kClasses - 1 && size_of(kClasses - 1) == kLargest);

struct FreeBlock {
    FreeBlock* next;
};

struct FreeLists {
    std::array<FreeBlock*, kClasses> first{};
    std::array<std::uint32_t, kClasses> count{};
    bool gone = false;

    ~FreeLists() {
        gone = true;
        for (FreeBlock*& list : first) {
            while (list != nullptr) std::free(std::exchange(list, list->next));
        }
    }
};

thread_local FreeLists t_lists;

void* take(std::size_t size, const char*, int) {
    if (size == 0) return nullptr;
    if (size > kLargest) return std::malloc(size);
    const std::size_t index = class_for(size);
    FreeLists& lists = t_lists;
    if (FreeBlock* const block = lists.first[index]) {
        lists.first[index] = block->next;
        --lists.count[index];
        return block;
    }
    return std::malloc(size_of(index));
}

/// The heap knows how large a block is: no header of ours is needed. It may be a little larger than
/// was asked for, never large enough for the next class.
void give_back(void* memory, const char*, int) {
    if (memory == nullptr) return;
    const std::size_t size = ::malloc_usable_size(memory);
    FreeLists& lists = t_lists;
    if (size < kStep || size > kLargest + kStep / 2 || lists.gone) return std::free(memory);
    std::size_t index = class_for(std::min(size, kLargest));
    if (size_of(index) > size) --index;
    if (lists.count[index] * size_of(index) >= kKeptBytes) return std::free(memory);
    lists.first[index] = new (memory) FreeBlock{lists.first[index]};
    ++lists.count[index];
}

void* resize(void* memory, std::size_t size, const char* file, int line) {
    if (memory == nullptr) return take(size, file, line);
    if (size == 0) {
        give_back(memory, file, line);
        return nullptr;
    }
    const std::size_t old_size = ::malloc_usable_size(memory);
    if (size <= old_size) return memory;
    void* const larger = take(size, file, line);
    if (larger == nullptr) return nullptr;
    std::memcpy(larger, memory, old_size);
    give_back(memory, file, line);
    return larger;
}

}  // namespace

bool pool_openssl_memory() {
// Under a sanitizer every block is one of the heap, so that a use after its end is seen.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return false;
#endif
#endif
    return CRYPTO_set_mem_functions(take, resize, give_back) == 1;
}

}  // namespace countersign::proxy
