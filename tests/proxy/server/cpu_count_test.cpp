#include "proxy/server/cpu_count.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::proxy::server {
namespace {

struct Row {
    const char* name;
    const char* cpu_max;
    std::uint32_t cpus;
};

class CpusOfQuota : public testing::TestWithParam<Row> {};

TEST_P(CpusOfQuota, RoundsUpAndKnowsNoLimit) {
    EXPECT_EQ(cpus_of_quota(GetParam().cpu_max), GetParam().cpus);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CpusOfQuota,
    testing::Values(
        Row{"no_limit", "max 100000", 0}, Row{"no_file", "", 0}, Row{"one", "100000 100000", 1},
        Row{"one_and_a_half", "150000 100000", 2}, Row{"two", "200000 100000", 2},
        Row{"a_little_more_than_two", "200001 100000", 3}, Row{"a_tenth", "10000 100000", 1},
        Row{"short_period", "5000 1000", 5}, Row{"with_line_end", "100000 100000\n", 1},
        Row{"no_period", "100000", 0}, Row{"zero_quota", "0 100000", 0},
        Row{"zero_period", "100000 0", 0}, Row{"negative", "-1 100000", 0},
        Row{"words", "many cpus", 0}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(CpuCount, IsAtLeastOne) { EXPECT_GE(cpu_count(), 1U); }

}  // namespace
}  // namespace countersign::proxy::server
