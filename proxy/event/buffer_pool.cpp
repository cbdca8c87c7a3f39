#include "proxy/event/buffer_pool.hpp"

#include <new>

namespace countersign::proxy {

namespace {

constexpr std::size_t kKept = 512;

}  // namespace

BufferPool::BufferPool(std::size_t payload) : payload_{payload} { free_.reserve(kKept); }

BufferPool::~BufferPool() {
    for (char* block : free_) ::operator delete(block);
}

Buffer BufferPool::take() {
    if (free_.empty())
        return Buffer{this, static_cast<char*>(::operator new(kHeadroom + payload_))};
    char* block = free_.back();
    free_.pop_back();
    return Buffer{this, block};
}

void BufferPool::give_back(char* block) {
    if (free_.size() < kKept) {
        free_.push_back(block);
    } else {
        ::operator delete(block);
    }
}

}  // namespace countersign::proxy
