#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace countersign::proxy::net {

/// What a pool gave back to the system.
struct Surplus {
    std::size_t freed = 0;  ///< bytes
    bool more = false;      ///< there may be more to give back after another period

    Surplus& operator+=(const Surplus& other) {
        freed += other.freed;
        more = more || other.more;
        return *this;
    }
};

/// How many entries of a free list nobody needed since the last look: what a burst has left behind.
class LowWater {
public:
    /// One was taken, and `left` are still free.
    void took(std::uint32_t left) { least_ = std::min(least_, left); }

    /// How many of `free` entries may go, so that `reserve` stay; begins the next period.
    std::uint32_t surplus(std::uint32_t free, std::uint32_t reserve) {
        const std::uint32_t unneeded = std::min(least_, free - std::min(free, reserve));
        least_ = free - unneeded;
        return unneeded;
    }

private:
    std::uint32_t least_ = 0;
};

}  // namespace countersign::proxy::net
