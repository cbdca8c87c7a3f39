#include "tests/profiles/allocation_count.hpp"

#include <cstdlib>
#include <new>

namespace countersign::profiles {
namespace {

thread_local std::size_t allocations = 0;

void* allocate(std::size_t size) {
    ++allocations;
    return std::malloc(size);
}

}  // namespace

std::size_t allocation_count() { return allocations; }

}  // namespace countersign::profiles

// All single-object forms, so that none is paired with a sanitizer's own.
void* operator new(std::size_t size) {
    if (void* memory = countersign::profiles::allocate(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return countersign::profiles::allocate(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
