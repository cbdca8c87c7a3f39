#include "proxy/upstream/pool_policy.hpp"

#include <algorithm>

namespace countersign::proxy::upstream {

namespace {

/// A part of `span` that `random` chooses.
net::Clock::duration part_of(net::Clock::duration span, std::uint32_t random) {
    constexpr std::uint32_t kSteps = 1024;
    return span / kSteps * (random % kSteps);
}

}  // namespace

net::TimePoint rests_until(const ConnectionAge& age, const profiles::PoolRules& rules) {
    net::Clock::duration rest = rules.idle_timeout;
    if (age.requests == 0) rest = std::min<net::Clock::duration>(rest, kUnusedRest);
    return std::min(age.idle_since + rest, age.good_until);
}

bool may_be_reused(const ConnectionAge& age, const profiles::PoolRules& rules, net::TimePoint now) {
    if (now >= age.vouched_until) return false;
    if (age.signing_in) return true;
    if (rules.max_requests != 0 && age.requests >= rules.max_requests) return false;
    return now < rests_until(age, rules);
}

net::TimePoint good_until(
    net::TimePoint opened, const profiles::PoolRules& rules, std::uint32_t random
) {
    const net::Clock::duration max_age = rules.max_age;
    return opened + max_age - part_of(max_age / 10, random);
}

net::TimePoint end_in(const Overlap& overlap, std::uint32_t random) {
    return overlap.until - part_of(overlap.until - overlap.ends_from, random);
}

bool opens_another(const ConnectionCounts& counts, std::size_t limit) {
    return counts.opening < counts.waiting && counts.opening < kMostOpenings && counts.open < limit;
}

std::size_t idle_to_close(std::size_t idle, std::size_t least, std::size_t max_idle) {
    if (idle <= max_idle) return 0;
    const std::size_t surplus = std::min(least, idle - max_idle);
    return (surplus + 1) / 2;
}

}  // namespace countersign::proxy::upstream
