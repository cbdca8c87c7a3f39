#include "proxy/metrics/failure_counts.hpp"

#include <algorithm>

namespace countersign::proxy::metrics {

void FailureCounts::add(std::string_view error, Side side, std::uint64_t count) {
    const auto same = [&](const Count& one) { return one.side == side && one.error == error; };
    const auto found = std::ranges::find_if(counts_, same);
    if (found != counts_.end()) {
        found->count += count;
    } else {
        counts_.push_back({error, side, count});
    }
}

FailureCounts& FailureCounts::operator+=(const FailureCounts& other) {
    for (const Count& one : other.counts_) add(one.error, one.side, one.count);
    return *this;
}

}  // namespace countersign::proxy::metrics
