#include "proxy/admin/metrics_writer.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::admin {
namespace {

TEST(MetricsWriter, WritesWhatPrometheusReads) {
    MetricsWriter out{MetricsFormat::prometheus};
    out.begin("a_total", MetricType::counter, "What is counted.");
    out.sample({}, std::uint64_t{18'446'744'073'709'551'615U});
    out.sample({{"x", "1"}, {"y", ""}}, 0.25);
    EXPECT_EQ(
        out.take(),
        "# HELP a_total What is counted.\n# TYPE a_total counter\na_total 18446744073709551615\n"
        "a_total{x=\"1\",y=\"\"} 0.25\n"
    );
}

TEST(MetricsWriter, CallsACounterByItsFamilyInOpenMetrics) {
    MetricsWriter out{MetricsFormat::open_metrics};
    out.begin("a_total", MetricType::counter, "What is counted.");
    out.sample({}, std::uint64_t{1});
    EXPECT_EQ(out.take(), "# HELP a What is counted.\n# TYPE a counter\na_total 1\n# EOF\n");
}

TEST(MetricsWriter, LetsNoLabelBreakOut) {
    MetricsWriter out{MetricsFormat::prometheus};
    out.begin("a", MetricType::gauge, "A.");
    out.sample({{"subject", "CN=\"a\\b\"\n\xff"}}, std::uint64_t{1});
    const std::string page = out.take();
    EXPECT_NE(page.find("a{subject=\"CN=\\\"a\\\\b\\\"\\n\xef\xbf\xbd\"} 1\n"), page.npos) << page;
}

TEST(MetricsWriter, AddsTheBucketsOfAHistogramUp) {
    metrics::DurationHistogram durations;
    durations.add(std::chrono::milliseconds{1});
    durations.add(std::chrono::milliseconds{2});
    durations.add(std::chrono::minutes{1});
    MetricsWriter out{MetricsFormat::prometheus};
    out.begin("t_seconds", MetricType::histogram, "T.");
    out.histogram({"phase", "wait"}, durations);
    const std::string page = out.take();
    for (const std::string line :
         {"t_seconds_bucket{phase=\"wait\",le=\"0.001\"} 1\n",
          "t_seconds_bucket{phase=\"wait\",le=\"0.0025\"} 2\n",
          "t_seconds_bucket{phase=\"wait\",le=\"30\"} 2\n",
          "t_seconds_bucket{phase=\"wait\",le=\"+Inf\"} 3\n",
          "t_seconds_sum{phase=\"wait\"} 60.003\n", "t_seconds_count{phase=\"wait\"} 3\n"}) {
        EXPECT_NE(page.find(line), page.npos) << line << page;
    }
}

}  // namespace
}  // namespace countersign::proxy::admin
