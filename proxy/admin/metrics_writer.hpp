#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/metrics/duration_histogram.hpp"

namespace countersign::proxy::admin {

/// The two formats that Prometheus reads.
enum class MetricsFormat { prometheus, open_metrics };

enum class MetricType { counter, gauge, histogram };

/// Writes metrics family by family: a family is begun, then gets its samples.
class MetricsWriter {
public:
    using Label = std::pair<std::string_view, std::string_view>;
    using Labels = std::initializer_list<Label>;

    explicit MetricsWriter(MetricsFormat format) : format_{format} {}

    /// `name` with its unit, a counter's with "_total". `help`: a sentence on one line.
    void begin(std::string_view name, MetricType type, std::string_view help);
    void sample(Labels labels, std::uint64_t value);
    void sample(Labels labels, double value);
    /// One histogram of the family, in seconds. `label`: what tells it from the others.
    void histogram(const Label& label, const metrics::DurationHistogram& durations);

    /// All of it. Nothing comes after.
    std::string take();

private:
    void line(std::string_view name, Labels labels, std::string_view value);

    const MetricsFormat format_;
    std::string name_;  ///< of the family
    std::string out_;
};

}  // namespace countersign::proxy::admin
