#include "tests/fuzz/memory_bound.hpp"

#include <openssl/crypto.h>

#include <new>

#include "tests/fuzz/require.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define COUNTERSIGN_COUNTS_MEMORY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COUNTERSIGN_COUNTS_MEMORY
#endif
#endif

#ifdef COUNTERSIGN_COUNTS_MEMORY
// Of both compilers' run-time libraries; the header comes with clang alone.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void*, std::size_t), void (*on_free)(const volatile void*)
);
std::size_t __sanitizer_get_allocated_size(const volatile void* memory);
}
#endif

namespace countersign::fuzz {

#ifdef COUNTERSIGN_COUNTS_MEMORY
namespace {

constexpr long kLoadedOnce = 2L << 20;
constexpr long kWithoutBound = -1;

long g_bound = kWithoutBound;
long g_taken = 0;

void on_malloc(const volatile void*, std::size_t size) {
    if (g_bound == kWithoutBound) return;
    g_taken += static_cast<long>(size);
    if (g_taken <= g_bound) return;
    g_bound = kWithoutBound;
    require(false, "an input costs no more than twenty times its size");
}

void on_free(const volatile void* memory) {
    if (g_bound == kWithoutBound || memory == nullptr) return;
    g_taken -= static_cast<long>(__sanitizer_get_allocated_size(memory));
}

/// Once, that a bound is one: what is taken is seen, from this program and from OpenSSL's library,
/// and what is given back as well.
bool install() {
    constexpr long kBlock = 4096;
    if (__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) == 0) return false;
    g_bound = 4 * kBlock;
    void* const one = ::operator new(kBlock);
    void* const other = OPENSSL_malloc(kBlock);
    const long held = g_taken;
    ::operator delete(one);
    OPENSSL_free(other);
    g_bound = kWithoutBound;
    return held >= 2 * kBlock && g_taken <= held - 2 * kBlock;
}

}  // namespace

MemoryBound::MemoryBound(std::size_t bytes) {
    static const bool kInstalled = install();
    require(kInstalled, "memory is counted");
    g_taken = 0;
    g_bound = kLoadedOnce + 20 * static_cast<long>(bytes);
}

MemoryBound::~MemoryBound() { g_bound = kWithoutBound; }
#else
MemoryBound::MemoryBound(std::size_t) {}
MemoryBound::~MemoryBound() = default;
#endif

}  // namespace countersign::fuzz
