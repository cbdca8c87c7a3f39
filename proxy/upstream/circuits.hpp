#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/metrics/open_circuit.hpp"
#include "proxy/metrics/upstream_counts.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy::upstream {

/// An address and a port that are dialled.
struct Endpoint {
    profiles::IpAddress address;
    std::uint16_t port = 0;

    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// Which endpoints cannot be connected to, so that they are not hammered, and nobody waits for what
/// will not come. After five attempts in a row that failed an endpoint's circuit is open: it is not
/// dialled for a second, then by one attempt alone; where that fails, for twice as long, and so on
/// up to half a minute. Each of these times is a little random, so that not all workers, and all
/// proxies, try at once. The first attempt that connects closes it. Of one worker; never shared.
class Circuits {
public:
    static constexpr unsigned kFailuresInARow = 5;
    static constexpr std::chrono::milliseconds kFirstPause{1'000};
    static constexpr std::chrono::milliseconds kLongestPause{30'000};
    /// Of endpoints that have failed. Beyond it the one that failed longest ago is forgotten.
    static constexpr std::size_t kMost = 1'024;

    explicit Circuits(std::uint32_t seed = std::random_device{}()) : random_{seed} {}

    /// The one attempt that is made after a pause. No two have the same number, whatever they try.
    using Trial = std::uint64_t;
    static constexpr Trial kNoTrial = 0;

    /// Whether an endpoint may be dialled.
    struct Leave {
        /// Until when it is not to be dialled; nullopt: now it may be.
        std::optional<net::TimePoint> closed_until = {};
        Trial trial = kNoTrial;  ///< that the attempt is; none while the circuit is closed
    };
    /// Where its pause is over, one alone may dial. Who may says what comes of it by the calls
    /// below, each with the trial that it was given here.
    Leave ask(const Endpoint& endpoint, net::TimePoint now);
    /// The attempt connected, trial or not. True where it closes the circuit, which was open.
    bool connected(const Endpoint& endpoint);
    /// What came of an attempt that failed.
    struct Failed {
        Trial trial = kNoTrial;
        int error = 0;                      ///< an errno
        std::string_view destination = {};  ///< "partner.example:443", for which it was made
    };
    /// True where it opens the circuit, which was closed.
    bool failed(const Endpoint& endpoint, const Failed& attempt, net::TimePoint now);
    /// It was given up before anything came of it.
    void given_up(const Endpoint& endpoint, Trial trial);
    /// Why the last attempt at it failed, an errno; 0: none did.
    int last_error(const Endpoint& endpoint) const;

    /// Of those that are open at `now`, and of requests that were refused for it. One that nobody
    /// has wanted since its pause is not counted for long.
    metrics::CircuitCounts counts(net::TimePoint now) const;
    /// The first `metrics::kCircuitsTold` of those.
    std::vector<metrics::OpenCircuit> open(net::TimePoint now) const;
    void count_refused() { ++refused_; }

private:
    struct Circuit {
        unsigned failures = 0;  ///< in a row
        int error = 0;          ///< of the last one
        std::chrono::milliseconds pause{0};
        net::TimePoint until = {};  ///< the end of the pause
        Trial trial = kNoTrial;     ///< that is under way
        net::TimePoint failed_at = {};
        std::string destination = {};  ///< of the last one

        bool is_open() const { return failures >= kFailuresInARow; }
        /// And somebody has wanted it of late.
        bool counts(net::TimePoint now) const { return is_open() && now < until + kLongestPause; }
    };

    std::chrono::milliseconds a_little_off(std::chrono::milliseconds pause);
    void forget_one();

    std::map<Endpoint, Circuit> failing_;
    std::minstd_rand random_;
    Trial last_trial_ = kNoTrial;
    std::uint64_t opened_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace countersign::proxy::upstream
