#include "proxy/net/buffer_pool.hpp"

#include <sys/mman.h>

#include <new>

#include "proxy/net/sanitizer.hpp"

namespace countersign::proxy {

namespace {

constexpr std::size_t kKept = 4096;
constexpr std::uint32_t kReserve = 16;

}  // namespace

BufferPool::BufferPool(std::size_t payload, std::size_t headroom)
    : payload_{payload}, headroom_{headroom} {
    free_.reserve(kKept);
}

BufferPool::~BufferPool() {
    for (char* block : free_) free(block);
}

/// Pages of their own: a block in the middle of the heap could not be given back.
char* BufferPool::allocate() const {
    if (kSanitized) return static_cast<char*>(::operator new(block_size()));
    void* const block =
        ::mmap(nullptr, block_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) throw std::bad_alloc{};
    return static_cast<char*>(block);
}

void BufferPool::free(char* block) const {
    if (kSanitized) {
        ::operator delete(block);
    } else {
        ::munmap(block, block_size());
    }
}

Buffer BufferPool::take() {
    if (free_.empty()) return Buffer{this, allocate()};
    char* block = free_.back();
    free_.pop_back();
    low_water_.took(static_cast<std::uint32_t>(free_.size()));
    return Buffer{this, block};
}

void BufferPool::give_back(char* block) {
    if (free_.size() < kKept) {
        free_.push_back(block);
    } else {
        free(block);
    }
}

Surplus BufferPool::give_back_surplus() {
    const auto have = static_cast<std::uint32_t>(free_.size());
    const std::uint32_t unneeded = low_water_.surplus(have, kReserve);
    // The front of the stack has not been touched for longest.
    for (std::uint32_t i = 0; i < unneeded; ++i) free(free_[i]);
    free_.erase(free_.begin(), free_.begin() + unneeded);
    return {unneeded * block_size(), free_.size() > kReserve};
}

}  // namespace countersign::proxy
