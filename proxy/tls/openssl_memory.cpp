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

#include "proxy/net/sanitizer.hpp"

namespace countersign::proxy::tls {

namespace {

// The sizes that the heap itself gives, up to 1032 bytes in steps of 16 (a connection is two
// hundred small blocks: coarser steps would waste 8 KB of each), then eight steps for each
// doubling, up to a little more than a record.
constexpr std::size_t kStep = 16;
constexpr std::size_t kSmallest = 24;
constexpr std::size_t kFine = 1032;
constexpr std::size_t kFineClasses = (kFine - kSmallest) / kStep + 1;
constexpr std::size_t kCoarse = 1024;
constexpr std::size_t kLargest = 20480;
constexpr std::size_t kClasses = kFineClasses + 34;

constexpr std::size_t size_of(std::size_t index) {
    if (index < kFineClasses) return kSmallest + index * kStep;
    const std::size_t coarse = index - kFineClasses;
    return (kCoarse << (coarse / 8)) / 8 * (9 + coarse % 8);
}

/// The smallest class that has room for `size`, which is at most kLargest.
constexpr std::size_t class_for(std::size_t size) {
    if (size <= kSmallest) return 0;
    if (size <= kFine) return (size - kSmallest + kStep - 1) / kStep;
    const auto doubling = static_cast<std::size_t>(std::bit_width((size - 1) / kCoarse)) - 1;
    const std::size_t base = kCoarse << doubling;
    return kFineClasses + doubling * 8 + (size - 1 - base) / (base / 8);
}

/// The largest class that a block of `size`, which is from kSmallest to kLargest, has room for.
constexpr std::size_t class_within(std::size_t size) {
    if (size < kFine + kStep) return (size - kSmallest) / kStep;
    const std::size_t index = class_for(size);
    return size_of(index) > size ? index - 1 : index;
}

constexpr bool classes_fit() {
    for (std::size_t size = 1; size <= kLargest; ++size) {
        const std::size_t index = class_for(size);
        if (index >= kClasses || size_of(index) < size) return false;
        if (index > 0 && size_of(index - 1) >= size) return false;
    }
    for (std::size_t index = 0; index < kClasses; ++index) {
        if (class_within(size_of(index)) != index) return false;
        if (index > 0 && class_within(size_of(index) - 1) != index - 1) return false;
    }
    return class_for(kLargest) == kClasses - 1 && size_of(kClasses - 1) == kLargest;
}
static_assert(classes_fit());

/// What one class keeps at most, and what it always keeps: two record buffers, or more of what is
/// smaller.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;
constexpr std::array<std::uint32_t, kClasses> kMostKept = [] {
    std::array<std::uint32_t, kClasses> most{};
    for (std::size_t index = 0; index < kClasses; ++index) {
        const std::size_t size = size_of(index);
        most[index] = static_cast<std::uint32_t>((kKeptBytes + size - 1) / size);
    }
    return most;
}();
constexpr std::uint32_t reserve_of(std::size_t index) {
    return static_cast<std::uint32_t>(std::clamp<std::size_t>(16384 / size_of(index), 2, 16));
}

struct FreeBlock {
    FreeBlock* next;
};

struct FreeLists;

/// Apart from the lists, and without a destructor: it can be asked after they are gone, by what
/// OpenSSL takes apart last, and nothing has to be looked at first.
thread_local FreeLists* t_lists = nullptr;

struct FreeLists {
    std::array<FreeBlock*, kClasses> first{};
    std::array<std::uint32_t, kClasses> count{};
    std::array<net::LowWater, kClasses> low_water{};

    ~FreeLists() {
        t_lists = nullptr;
        for (FreeBlock*& list : first) {
            while (list != nullptr) std::free(std::exchange(list, list->next));
        }
    }
};

void* take(std::size_t size, const char*, int) {
    if (size == 0) return nullptr;
    if (size > kLargest || t_lists == nullptr) return std::malloc(size);
    const std::size_t index = class_for(size);
    FreeLists& lists = *t_lists;
    if (FreeBlock* const block = lists.first[index]) {
        lists.first[index] = block->next;
        lists.low_water[index].took(--lists.count[index]);
        return block;
    }
    return std::malloc(size_of(index));
}

/// The heap knows how large a block is: no header of ours is needed. It may be a little larger than
/// was asked for, never large enough for the next class.
void give_back(void* memory, const char*, int) {
    if (memory == nullptr || t_lists == nullptr) return std::free(memory);
    const std::size_t size = ::malloc_usable_size(memory);
    FreeLists& lists = *t_lists;
    if (size < kSmallest || size > kLargest + kStep) return std::free(memory);
    const std::size_t index = class_within(std::min(size, kLargest));
    if (lists.count[index] >= kMostKept[index]) return std::free(memory);
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

void use_openssl_free_lists() {
    thread_local FreeLists lists;  // taken apart with the thread
    t_lists = &lists;
}

net::Surplus give_back_surplus_openssl_memory() {
    net::Surplus surplus;
    if (t_lists == nullptr) return surplus;
    FreeLists& lists = *t_lists;
    for (std::size_t index = 0; index < kClasses; ++index) {
        std::uint32_t& count = lists.count[index];
        const std::uint32_t unneeded = lists.low_water[index].surplus(count, reserve_of(index));
        for (std::uint32_t i = 0; i < unneeded; ++i) {
            std::free(std::exchange(lists.first[index], lists.first[index]->next));
        }
        count -= unneeded;
        surplus += {unneeded * size_of(index), count > reserve_of(index)};
    }
    return surplus;
}

bool pool_openssl_memory() {
    if (net::kSanitized) return false;
    return CRYPTO_set_mem_functions(take, resize, give_back) == 1;
}

}  // namespace countersign::proxy::tls
