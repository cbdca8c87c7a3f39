#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace countersign::proxy::net {

/// Memory of which all workers together may have so much and no more. Its shares outlive it in no
/// case. From any thread.
class MemoryBudget {
public:
    MemoryBudget() = default;
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

    /// What one has of it. Going out of scope gives it back.
    class Share {
    public:
        explicit Share(MemoryBudget& budget) : budget_{&budget} {}
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        ~Share() { shrink(size_); }

        /// By so many bytes, unless all would have more than `most` then.
        bool grow(std::uint64_t bytes, std::uint64_t most) {
            std::uint64_t taken = budget_->taken_.load(std::memory_order_relaxed);
            do {
                if (bytes > most || taken > most - bytes) return false;
            } while (!budget_->taken_.compare_exchange_weak(
                taken, taken + bytes, std::memory_order_relaxed
            ));
            size_ += bytes;
            return true;
        }
        void shrink(std::uint64_t bytes) {
            if (bytes == 0) return;
            budget_->taken_.fetch_sub(bytes, std::memory_order_relaxed);
            size_ -= bytes;
        }
        std::uint64_t size() const { return size_; }

    private:
        MemoryBudget* budget_;
        std::uint64_t size_ = 0;
    };

private:
    std::atomic<std::uint64_t> taken_{0};
};

}  // namespace countersign::proxy::net
