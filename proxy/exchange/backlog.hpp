#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "proxy/net/buffer_pool.hpp"
#include "proxy/net/memory_budget.hpp"

namespace countersign::proxy::exchange {

/// What of the proxy's memory may hold responses for clients that take their time.
struct BacklogTerms {
    net::MemoryBudget& budget;
    std::uint64_t most = 0;  ///< for all of them; one may have a sixteenth. 0: nothing is held
};

/// The part of a response that was read ahead of a client which takes its time, so that the server
/// need not wait for it. In buffers of the worker, which count for a bound of the whole process.
class Backlog {
public:
    Backlog(net::BufferPool& buffers, const BacklogTerms& terms)
        : buffers_{buffers}, share_{terms.budget}, most_{terms.most} {}

    /// Whether more may be read, where need be into one more buffer.
    bool make_room() {
        if (!parts_.empty() && parts_.back().room() > 0) return true;
        net::Buffer next = buffers_.take();
        if (!grow(next.payload())) return false;
        parts_.push_back(std::move(next));
        return true;
    }
    /// Whether so much may be held in all.
    bool hold(std::uint64_t bytes) { return bytes <= share_.size() || grow(bytes - share_.size()); }
    net::Buffer& last() { return parts_.back(); }
    /// What one response may have.
    std::uint64_t most_one() const { return most_ / kParts; }

    /// What follows all of that; little.
    void end_with(std::string text) { end_ = std::move(text); }
    std::string take_end() { return std::exchange(end_, {}); }

    bool empty() const { return parts_.empty() || parts_.front().empty(); }
    /// The bytes that come next.
    net::Buffer take_first() {
        net::Buffer first = std::move(parts_.front());
        parts_.pop_front();
        share_.shrink(first.payload());
        return first;
    }

private:
    static constexpr std::uint64_t kParts = 16;

    bool grow(std::uint64_t bytes) {
        return share_.size() + bytes <= most_one() && share_.grow(bytes, most_);
    }

    net::BufferPool& buffers_;
    net::MemoryBudget::Share share_;
    std::uint64_t most_;
    std::deque<net::Buffer> parts_;
    std::string end_;
};

}  // namespace countersign::proxy::exchange
