#pragma once

#include <cassert>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/net/surplus.hpp"

namespace countersign::proxy {

class BufferPool;

/// One block of memory with a readable part in it, on loan from a worker's pool. Before the
/// readable part there is room for a head to grow, so that a rewritten head and the body behind it
/// leave in one write. Move-only; going out of scope gives the block back. An empty Buffer (no
/// block) is what an idle connection holds.
class Buffer {
public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept
        : pool_{std::exchange(other.pool_, nullptr)},
          block_{std::exchange(other.block_, nullptr)},
          begin_{std::exchange(other.begin_, 0)},
          end_{std::exchange(other.end_, 0)} {}
    Buffer& operator=(Buffer&& other) noexcept {
        Buffer{std::move(other)}.swap(*this);
        return *this;
    }
    ~Buffer() { release(); }

    explicit operator bool() const { return block_ != nullptr; }
    const char* data() const { return block_ + begin_; }
    std::size_t size() const { return end_ - begin_; }
    bool empty() const { return begin_ == end_; }
    std::string_view view() const { return {data(), size()}; }

    /// Free space behind the readable part.
    char* tail() { return block_ + end_; }
    std::size_t room() const;
    void commit(std::size_t bytes) { end_ += bytes; }
    void consume(std::size_t bytes) {
        assert(bytes <= size());
        begin_ += bytes;
    }
    void drop_back(std::size_t bytes) { end_ -= bytes; }
    /// Forgets what is in it; the next bytes are read behind the headroom.
    void clear();
    /// Moves what is in it to the front (behind the headroom), to make room behind it.
    void compact();
    /// Puts `bytes` before the readable part. False where they do not fit.
    bool prepend(std::string_view bytes) {
        if (bytes.size() > begin_) return false;
        begin_ -= bytes.size();
        std::memcpy(block_ + begin_, bytes.data(), bytes.size());
        return true;
    }
    void release();

private:
    friend class BufferPool;
    Buffer(BufferPool* pool, char* block) : pool_{pool}, block_{block} { clear(); }
    void swap(Buffer& other) noexcept {
        std::swap(pool_, other.pool_);
        std::swap(block_, other.block_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
    }

    BufferPool* pool_ = nullptr;
    char* block_ = nullptr;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// The blocks of one worker, last in first out, so that the one taken next is still in the cache.
/// Outlives its Buffers.
class BufferPool {
public:
    /// `payload`: bytes of one block behind the headroom; `headroom`: by how much what is read
    /// there may grow to the front. What nobody writes to costs no memory.
    BufferPool(std::size_t payload, std::size_t headroom);
    ~BufferPool();
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    Buffer take();
    /// Blocks that nobody needed since the last call go back to the system, but for a few.
    Surplus give_back_surplus();
    std::size_t payload() const { return payload_; }
    std::size_t headroom() const { return headroom_; }

private:
    friend class Buffer;
    void give_back(char* block);
    char* allocate() const;
    void free(char* block) const;
    std::size_t block_size() const { return headroom_ + payload_; }

    const std::size_t payload_;
    const std::size_t headroom_;
    std::vector<char*> free_;
    LowWater low_water_;
};

inline std::size_t Buffer::room() const { return pool_->block_size() - end_; }
inline void Buffer::clear() { begin_ = end_ = pool_->headroom(); }
inline void Buffer::compact() {
    // What begins inside the headroom stands further in front already.
    const std::size_t front = pool_->headroom();
    if (begin_ <= front) return;
    std::memmove(block_ + front, data(), size());
    end_ = front + size();
    begin_ = front;
}
inline void Buffer::release() {
    if (block_ != nullptr) pool_->give_back(std::exchange(block_, nullptr));
    begin_ = end_ = 0;
}

}  // namespace countersign::proxy
