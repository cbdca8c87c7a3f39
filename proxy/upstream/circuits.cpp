#include "proxy/upstream/circuits.hpp"

#include <algorithm>
#include <cstring>

#include "profiles/authority.hpp"

namespace countersign::proxy::upstream {

Circuits::Leave Circuits::ask(const Endpoint& endpoint, net::TimePoint now) {
    const auto found = failing_.find(endpoint);
    if (found == failing_.end() || !found->second.is_open()) return {};
    Circuit& circuit = found->second;
    if (now < circuit.until) return {circuit.until};
    // The end of the trial that runs is not known: who asks may ask again in a second.
    if (circuit.trial != kNoTrial) return {now + kFirstPause};
    circuit.trial = ++last_trial_;
    return {std::nullopt, circuit.trial};
}

bool Circuits::connected(const Endpoint& endpoint) {
    const auto found = failing_.find(endpoint);
    if (found == failing_.end()) return false;
    const bool was_open = found->second.is_open();
    failing_.erase(found);
    return was_open;
}

bool Circuits::failed(const Endpoint& endpoint, const Failed& attempt, net::TimePoint now) {
    if (failing_.size() >= kMost && !failing_.contains(endpoint)) forget_one();
    Circuit& circuit = failing_[endpoint];
    const bool was_open = circuit.is_open();
    ++circuit.failures;
    circuit.error = attempt.error;
    circuit.failed_at = now;
    circuit.destination = attempt.destination;
    if (!circuit.is_open()) return false;
    // Of the attempts that were under way when it opened, none makes the pause longer, or ends the
    // trial that has begun since.
    if (was_open && (attempt.trial == kNoTrial || attempt.trial != circuit.trial)) return false;
    circuit.trial = kNoTrial;
    circuit.pause = was_open ? std::min(circuit.pause * 2, kLongestPause) : kFirstPause;
    circuit.until = now + a_little_off(circuit.pause);
    if (!was_open) ++opened_;
    return !was_open;
}

void Circuits::given_up(const Endpoint& endpoint, Trial trial) {
    const auto found = failing_.find(endpoint);
    if (found != failing_.end() && found->second.trial == trial) found->second.trial = kNoTrial;
}

int Circuits::last_error(const Endpoint& endpoint) const {
    const auto found = failing_.find(endpoint);
    return found == failing_.end() ? 0 : found->second.error;
}

metrics::CircuitCounts Circuits::counts(net::TimePoint now) const {
    const auto open =
        std::ranges::count_if(failing_, [now](const auto& one) { return one.second.counts(now); });
    return {static_cast<std::uint64_t>(open), opened_, refused_};
}

std::vector<metrics::OpenCircuit> Circuits::open(net::TimePoint now) const {
    std::vector<metrics::OpenCircuit> open;
    for (const auto& [endpoint, circuit] : failing_) {
        if (!circuit.counts(now)) continue;
        if (open.size() == metrics::kCircuitsTold) break;
        const auto pause = std::max(circuit.until - now, net::TimePoint::duration::zero());
        open.push_back({
            .address = profiles::authority_text(endpoint.address.to_text(), endpoint.port).text(),
            .destination = circuit.destination,
            .reason = std::strerror(circuit.error),
            .failures = circuit.failures,
            .next_attempt = std::chrono::ceil<std::chrono::milliseconds>(pause),
        });
    }
    return open;
}

/// From three quarters of it to all.
std::chrono::milliseconds Circuits::a_little_off(std::chrono::milliseconds pause) {
    std::uniform_int_distribution<std::int64_t> part{pause.count() * 3 / 4, pause.count()};
    return std::chrono::milliseconds{part(random_)};
}

void Circuits::forget_one() {
    failing_.erase(std::ranges::min_element(failing_, {}, [](const auto& one) {
        return one.second.failed_at;
    }));
}

}  // namespace countersign::proxy::upstream
