#include "tests/certs/bounds/memory_count.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstddef>

namespace {

constexpr std::size_t kHeader = 8;

std::size_t g_live = 0;
std::size_t g_peak = 0;

void* counted(void* memory) {
    if (memory == nullptr) return nullptr;
    g_live += ::malloc_usable_size(memory) + kHeader;
    g_peak = std::max(g_peak, g_live);
    return memory;
}

void forget(void* memory) {
    if (memory != nullptr) g_live -= ::malloc_usable_size(memory) + kHeader;
}

}  // namespace

// glibc's own names for what these replace, in the whole process: C++, C, OpenSSL. One thread.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) { return counted(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return counted(__libc_calloc(count, size)); }
void* realloc(void* memory, std::size_t size) {
    // While a block grows there may be two of it.
    const std::size_t old = memory == nullptr ? 0 : ::malloc_usable_size(memory) + kHeader;
    g_peak = std::max(g_peak, g_live + size);
    void* const moved = __libc_realloc(memory, size);
    if (moved == nullptr && size != 0) return nullptr;
    g_live -= old;
    return counted(moved);
}
void free(void* memory) {
    forget(memory);
    __libc_free(memory);
}
}

namespace countersign::tests {

PeakMemory::PeakMemory() : start_{g_live} { g_peak = g_live; }

std::size_t PeakMemory::bytes() const { return g_peak - start_; }

}  // namespace countersign::tests
