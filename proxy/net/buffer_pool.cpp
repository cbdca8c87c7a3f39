#include "proxy/net/buffer_pool.hpp"

#include <sys/mman.h>

#include <new>

#include "proxy/net/sanitizer.hpp"

namespace countersign::proxy::net {

namespace {

constexpr std::uint32_t kReserve = 16;

/// Pages of their own: a block in the middle of the heap could not be given back.
char* allocate(std::size_t size) {
    if (kSanitized) return static_cast<char*>(::operator new(size));
    void* const block =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) throw std::bad_alloc{};
    return static_cast<char*>(block);
}

void free_block(char* block, std::size_t size) {
    if (kSanitized) {
        ::operator delete(block);
    } else {
        ::munmap(block, size);
    }
}

}  // namespace

BufferPool::~BufferPool() {
    for (char* block : free_) free_block(block, sizes_.block());
}

void BufferPool::resize(BufferSizes sizes) {
    if (sizes == sizes_) return;
    for (char* block : free_) free_block(block, sizes_.block());
    free_.clear();
    sizes_ = sizes;
}

Buffer BufferPool::take() {
    if (free_.empty()) return Buffer{this, allocate(sizes_.block()), sizes_};
    char* block = free_.back();
    free_.pop_back();
    low_water_.took(static_cast<std::uint32_t>(free_.size()));
    return Buffer{this, block, sizes_};
}

Buffer BufferPool::take_with_room_for(std::size_t bytes) {
    if (bytes <= sizes_.payload) return take();
    const BufferSizes larger{static_cast<std::uint32_t>(bytes), sizes_.headroom};
    return Buffer{this, allocate(larger.block()), larger};
}

void BufferPool::give_back(char* block, BufferSizes sizes) {
    if (free_.size() < kKept && sizes == sizes_) {
        free_.push_back(block);
    } else {
        free_block(block, sizes.block());
    }
}

Surplus BufferPool::give_back_surplus() {
    const auto have = static_cast<std::uint32_t>(free_.size());
    const std::uint32_t unneeded = low_water_.surplus(have, kReserve);
    // The front of the stack has not been touched for longest.
    for (std::uint32_t i = 0; i < unneeded; ++i) free_block(free_[i], sizes_.block());
    free_.erase(free_.begin(), free_.begin() + unneeded);
    return {unneeded * sizes_.block(), free_.size() > kReserve};
}

}  // namespace countersign::proxy::net
