#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace countersign::proxy::net {

/// How many file descriptors the process may have, and what of them is kept back, so that running
/// out has an answer. A new descriptor gets the lowest number that is free: the number alone tells
/// how many are taken, and asking costs nothing. New clients are turned away first, and the first
/// quarter of the reserve is for telling them so; the second is for upstream connections of those
/// that are there, the rest for name resolution and files.
class DescriptorBudget {
public:
    /// No limit.
    DescriptorBudget() = default;
    /// `limit`: of RLIMIT_NOFILE.
    explicit DescriptorBudget(std::uint64_t limit)
        : limit_{limit},
          clients_below_{limit - reserve(limit)},
          told_below_{limit - reserve(limit) / 4 * 3},
          upstreams_below_{limit - reserve(limit) / 2} {}

    /// Kept back: an eighth, 512 at most.
    static constexpr std::uint64_t reserve(std::uint64_t limit) {
        return std::min<std::uint64_t>(limit / 8, 512);
    }

    std::uint64_t limit() const { return limit_; }
    /// Whether who has got `fd` may be served.
    bool serves_client(int fd) const { return number(fd) < clients_below_; }
    /// Whether a client that is not may be told so: they do not take what upstream connections
    /// need.
    bool tells_client(int fd) const { return number(fd) < told_below_; }
    bool serves_upstream(int fd) const { return number(fd) < upstreams_below_; }

private:
    static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
    static std::uint64_t number(int fd) { return static_cast<std::uint64_t>(fd); }

    std::uint64_t limit_ = kNone;
    std::uint64_t clients_below_ = kNone;
    std::uint64_t told_below_ = kNone;
    std::uint64_t upstreams_below_ = kNone;
};

}  // namespace countersign::proxy::net
