#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace countersign::proxy::metrics {

/// Durations, counted by buckets that never change: those of a network's calls, from a millisecond
/// to half a minute.
class DurationHistogram {
public:
    using Micros = std::chrono::microseconds;
    /// Each bucket's upper end, which is in it; a last bucket takes what is longer.
    static constexpr std::array<Micros, 11> kBounds{
        Micros{1'000},     Micros{2'500},     Micros{5'000},     Micros{10'000},
        Micros{25'000},    Micros{50'000},    Micros{100'000},   Micros{250'000},
        Micros{1'000'000}, Micros{5'000'000}, Micros{30'000'000}};

    void add(Micros duration) {
        std::size_t bucket = 0;
        while (bucket < kBounds.size() && duration > kBounds[bucket]) ++bucket;
        ++counts_[bucket];
        sum_ += duration;
    }

    /// Of each bucket by itself, the last one included.
    const std::array<std::uint64_t, kBounds.size() + 1>& counts() const { return counts_; }
    Micros sum() const { return sum_; }

    DurationHistogram& operator+=(const DurationHistogram& other) {
        std::transform(
            counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(), std::plus<>{}
        );
        sum_ += other.sum_;
        return *this;
    }

private:
    std::array<std::uint64_t, kBounds.size() + 1> counts_{};
    Micros sum_{0};
};

}  // namespace countersign::proxy::metrics
