#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proxy/exchange_record.hpp"
#include "proxy/metrics/duration_histogram.hpp"
#include "proxy/metrics/failure_counts.hpp"

namespace countersign::proxy::metrics {

/// The exchanges of one profile, counted.
struct ProfileCounts {
    /// By the status' first digit; 0: the client got no answer.
    std::array<std::uint64_t, 6> by_class{};
    FailureCounts failures;
    /// Responses that needed a leniency, in the order of `profiles::kResponseLeniencies`.
    std::array<std::uint64_t, std::size(profiles::kResponseLeniencies)> by_leniency{};
    std::uint64_t request_bytes = 0;   ///< of bodies
    std::uint64_t response_bytes = 0;  ///< of heads and bodies

    ProfileCounts& operator+=(const ProfileCounts& other);
};

/// How long the parts of an exchange took. What an exchange did not have to do is not in there: one
/// on a connection that was there resolved nothing.
struct PhaseDurations {
    DurationHistogram resolve;
    DurationHistogram connect;
    DurationHistogram handshake;
    DurationHistogram wait;
    DurationHistogram total;

    PhaseDurations& operator+=(const PhaseDurations& other);
};

/// The exchanges of one worker, counted as they end. Nothing is allocated for one but the first
/// failure of its kind. Others see a sum of it.
class ExchangeTally {
public:
    using ByProfile = std::unordered_map<std::string, ProfileCounts>;

    ExchangeTally() = default;
    ExchangeTally(ExchangeTally&&) = default;
    ExchangeTally& operator=(ExchangeTally&&) = default;

    void add(const ExchangeRecord& record);

    /// The profiles that there are now, each with its count, be it 0. "" is there always: exchanges
    /// without a profile. The counts of one that has gone stay until the next call: its last
    /// exchanges may still end.
    void follow(const std::vector<std::string_view>& profiles);

    const ByProfile& profiles() const { return profiles_; }
    const PhaseDurations& phases() const { return phases_; }
    ExchangeTally& operator+=(const ExchangeTally& other);

private:
    ProfileCounts& counts_of(std::string_view profile);

    ByProfile profiles_{{std::string{}, ProfileCounts{}}};
    std::vector<std::string> gone_;  ///< since the last call
    PhaseDurations phases_;
    ByProfile::value_type* last_ = nullptr;  ///< mostly the next one's, too
};

}  // namespace countersign::proxy::metrics
