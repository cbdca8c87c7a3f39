#include "proxy/metrics/exchange_tally.hpp"

#include <unordered_set>
#include <utility>

namespace countersign::proxy::metrics {

namespace {

void add_if_done(DurationHistogram& histogram, std::chrono::microseconds duration) {
    if (duration.count() > 0) histogram.add(duration);
}

void add_leniencies(profiles::ResponseLeniencies needed, ProfileCounts& counts) {
    std::size_t i = 0;
    for (const auto& [word, leniency] : profiles::kResponseLeniencies) {
        if (needed.has(leniency)) ++counts.by_leniency[i];
        ++i;
    }
}

}  // namespace

ProfileCounts& ProfileCounts::operator+=(const ProfileCounts& other) {
    for (std::size_t i = 0; i < by_class.size(); ++i) by_class[i] += other.by_class[i];
    failures += other.failures;
    for (std::size_t i = 0; i < by_leniency.size(); ++i) by_leniency[i] += other.by_leniency[i];
    request_bytes += other.request_bytes;
    response_bytes += other.response_bytes;
    return *this;
}

PhaseDurations& PhaseDurations::operator+=(const PhaseDurations& other) {
    resolve += other.resolve;
    connect += other.connect;
    handshake += other.handshake;
    wait += other.wait;
    total += other.total;
    return *this;
}

void ExchangeTally::add(const ExchangeRecord& record) {
    ProfileCounts& counts = counts_of(record.profile);
    const std::size_t status_class = record.status / 100U;
    ++counts.by_class[status_class < counts.by_class.size() ? status_class : 0];
    counts.request_bytes += record.bytes_in;
    counts.response_bytes += record.bytes_out;
    if (!record.leniencies.empty()) add_leniencies(record.leniencies, counts);
    if (!record.error.empty()) counts.failures.add(record.error, record.side);
    add_if_done(phases_.resolve, record.resolve);
    add_if_done(phases_.connect, record.connect);
    add_if_done(phases_.handshake, record.handshake);
    add_if_done(phases_.wait, record.wait);
    if (!record.tunnel) phases_.total.add(record.total);
}

ProfileCounts& ExchangeTally::counts_of(std::string_view profile) {
    if (last_ == nullptr || last_->first != profile) {
        last_ = &*profiles_.try_emplace(std::string{profile}).first;
    }
    return last_->second;
}

void ExchangeTally::follow(const std::vector<std::string_view>& profiles) {
    last_ = nullptr;
    std::unordered_set<std::string_view> now{profiles.begin(), profiles.end()};
    now.insert("");
    for (const std::string& name : std::exchange(gone_, {})) {
        if (!now.contains(name)) profiles_.erase(name);
    }
    for (const std::string_view name : now) profiles_.try_emplace(std::string{name});
    for (const auto& [name, counts] : profiles_) {
        if (!now.contains(name)) gone_.push_back(name);
    }
}

ExchangeTally& ExchangeTally::operator+=(const ExchangeTally& other) {
    for (const auto& [name, counts] : other.profiles_) profiles_[name] += counts;
    phases_ += other.phases_;
    return *this;
}

}  // namespace countersign::proxy::metrics
