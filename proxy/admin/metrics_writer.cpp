#include "proxy/admin/metrics_writer.hpp"

#include <charconv>
#include <chrono>

#include "certs/text/utf8.hpp"

namespace countersign::proxy::admin {

namespace {

constexpr std::string_view kTotal = "_total";

std::string_view word_of(MetricType type) {
    switch (type) {
        case MetricType::counter:
            return "counter";
        case MetricType::gauge:
            return "gauge";
        case MetricType::histogram:
            return "histogram";
    }
    return "unknown";
}

void append_label_value(std::string& out, std::string_view value) {
    for (const char c : certs::with_valid_utf8(value)) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
}

/// The shortest text that is read as the same number again.
std::string text_of(double value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

double seconds(std::chrono::microseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void MetricsWriter::begin(std::string_view name, MetricType type, std::string_view help) {
    name_ = name;
    // OpenMetrics calls a family of counters by its name without the ending.
    if (format_ == MetricsFormat::open_metrics && name.ends_with(kTotal)) {
        name.remove_suffix(kTotal.size());
    }
    out_ += "# HELP ";
    out_ += name;
    out_ += ' ';
    out_ += help;
    out_ += "\n# TYPE ";
    out_ += name;
    out_ += ' ';
    out_ += word_of(type);
    out_ += '\n';
}

void MetricsWriter::sample(Labels labels, std::uint64_t value) {
    line(name_, labels, std::to_string(value));
}

void MetricsWriter::sample(Labels labels, double value) { line(name_, labels, text_of(value)); }

void MetricsWriter::histogram(const Label& label, const metrics::DurationHistogram& durations) {
    using metrics::DurationHistogram;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < durations.counts().size(); ++i) {
        count += durations.counts()[i];
        const bool last = i == DurationHistogram::kBounds.size();
        const std::string bound = last ? "+Inf" : text_of(seconds(DurationHistogram::kBounds[i]));
        line(name_ + "_bucket", {label, {"le", bound}}, std::to_string(count));
    }
    line(name_ + "_sum", {label}, text_of(seconds(durations.sum())));
    line(name_ + "_count", {label}, std::to_string(count));
}

std::string MetricsWriter::take() {
    if (format_ == MetricsFormat::open_metrics) out_ += "# EOF\n";
    return std::move(out_);
}

void MetricsWriter::line(std::string_view name, Labels labels, std::string_view value) {
    out_ += name;
    char before = '{';
    for (const auto& [key, text] : labels) {
        out_ += before;
        out_ += key;
        out_ += "=\"";
        append_label_value(out_, text);
        out_ += '"';
        before = ',';
    }
    if (before == ',') out_ += '}';
    out_ += ' ';
    out_ += value;
    out_ += '\n';
}

}  // namespace countersign::proxy::admin
