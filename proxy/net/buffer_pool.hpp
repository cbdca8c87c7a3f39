#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/net/surplus.hpp"

namespace countersign::proxy::net {

class BufferPool;

/// Of one block: `payload` bytes stand behind `headroom` bytes, into which what was read may grow
/// to the front. What nobody writes to costs no memory.
struct BufferSizes {
    std::uint32_t payload = 0;
    std::uint32_t headroom = 0;

    std::size_t block() const { return std::size_t{headroom} + payload; }
    friend bool operator==(const BufferSizes&, const BufferSizes&) = default;
};

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
          sizes_{other.sizes_},
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
    std::size_t room() const { return block_ == nullptr ? 0 : sizes_.block() - end_; }
    /// Of the block that it has, or had last.
    std::size_t payload() const { return sizes_.payload; }
    /// Free space before it.
    std::size_t growth() const { return begin_; }
    void commit(std::size_t bytes) { end_ += bytes; }
    void consume(std::size_t bytes) {
        assert(bytes <= size());
        begin_ += bytes;
    }
    void drop_back(std::size_t bytes) { end_ -= bytes; }
    /// Forgets what is in it; the next bytes are read behind the headroom.
    void clear() { begin_ = end_ = sizes_.headroom; }
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
    Buffer(BufferPool* pool, char* block, BufferSizes sizes)
        : pool_{pool}, block_{block}, sizes_{sizes} {
        clear();
    }
    void swap(Buffer& other) noexcept {
        std::swap(pool_, other.pool_);
        std::swap(block_, other.block_);
        std::swap(sizes_, other.sizes_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
    }

    BufferPool* pool_ = nullptr;
    char* block_ = nullptr;
    BufferSizes sizes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// The blocks of one worker, last in first out, so that the one taken next is still in the cache.
/// Outlives its Buffers.
class BufferPool {
public:
    explicit BufferPool(BufferSizes sizes = {}) : sizes_{sizes} { free_.reserve(kKept); }
    ~BufferPool();
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    /// Those that are on loan stay as they are.
    void resize(BufferSizes sizes);
    Buffer take();
    /// The same, where need be with more room than all others.
    Buffer take_with_room_for(std::size_t bytes);
    /// Blocks that nobody needed since the last call go back to the system, but for a few.
    Surplus give_back_surplus();

private:
    friend class Buffer;
    static constexpr std::size_t kKept = 4096;

    void give_back(char* block, BufferSizes sizes);

    BufferSizes sizes_;
    std::vector<char*> free_;
    LowWater low_water_;
};

inline void Buffer::compact() {
    // What begins inside the headroom stands further in front already.
    const std::size_t front = sizes_.headroom;
    if (begin_ <= front) return;
    std::memmove(block_ + front, data(), size());
    end_ = front + size();
    begin_ = front;
}
inline void Buffer::release() {
    if (block_ != nullptr) pool_->give_back(std::exchange(block_, nullptr), sizes_);
    begin_ = end_ = 0;
}

}  // namespace countersign::proxy::net
