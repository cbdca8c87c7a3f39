#include "proxy/upstream/pool_policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::proxy::upstream {
namespace {

using std::chrono::milliseconds;

constexpr net::TimePoint kNow{std::chrono::hours{10}};

struct Row {
    const char* name;
    int good_for;  ///< milliseconds
    int idle_for;  ///< milliseconds
    std::uint32_t requests;
    bool reused;
};

/// idle_timeout 100 ms, max_requests 3.
class MayBeReused : public testing::TestWithParam<Row> {};

TEST_P(MayBeReused, IsDecidedByAgeRestAndRequests) {
    const Row& row = GetParam();
    profiles::PoolRules rules;
    rules.idle_timeout = milliseconds{100};
    rules.max_requests = 3;
    const ConnectionAge age{
        kNow + milliseconds{row.good_for}, kNow - milliseconds{row.idle_for}, row.requests};

    EXPECT_EQ(may_be_reused(age, rules, kNow), row.reused);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MayBeReused,
    testing::Values(
        Row{"new", 1'000, 0, 1, true}, Row{"almost_too_old", 1, 0, 1, true},
        Row{"too_old", 0, 0, 1, false}, Row{"almost_idle_too_long", 500, 99, 1, true},
        Row{"idle_too_long", 500, 100, 1, false}, Row{"one_request_left", 10, 0, 2, true},
        Row{"no_request_left", 10, 0, 3, false}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(MayBeReusedForever, WhereTheNumberOfRequestsIsNotLimited) {
    profiles::PoolRules rules;
    rules.max_requests = 0;

    EXPECT_TRUE(may_be_reused({net::kNever, kNow, UINT32_MAX}, rules, kNow));
}

TEST(MayBeReusedUnasked, ForAFewSecondsOnly) {
    const profiles::PoolRules rules;
    const ConnectionAge unused{net::kNever, kNow, 0};
    const ConnectionAge used{net::kNever, kNow, 1};

    EXPECT_TRUE(may_be_reused(unused, rules, kNow + kUnusedRest - milliseconds{1}));
    EXPECT_FALSE(may_be_reused(unused, rules, kNow + kUnusedRest));
    EXPECT_TRUE(may_be_reused(used, rules, kNow + kUnusedRest));
}

TEST(MayBeReusedOnlySoLong, AsTheServersChainIsValid) {
    const profiles::PoolRules rules;
    const ConnectionAge last{net::kNever, kNow, 1, kNow + milliseconds{1}};
    const ConnectionAge over{net::kNever, kNow, 1, kNow};

    EXPECT_TRUE(may_be_reused(last, rules, kNow));
    EXPECT_FALSE(may_be_reused(over, rules, kNow));
}

TEST(GoodUntil, IsTheLastTenthOfMaxAgeAtRandom) {
    profiles::PoolRules rules;
    rules.max_age = std::chrono::minutes{10};
    net::TimePoint earliest = net::kNever;
    net::TimePoint latest = net::TimePoint::min();

    for (std::uint32_t random = 0; random < 100'000; random += 7) {
        const net::TimePoint until = good_until(kNow, rules, random);
        earliest = std::min(earliest, until);
        latest = std::max(latest, until);
    }

    EXPECT_EQ(latest, kNow + std::chrono::minutes{10});
    EXPECT_GE(earliest, kNow + std::chrono::minutes{9});
    EXPECT_LT(earliest, kNow + std::chrono::minutes{9} + std::chrono::seconds{1});
}

TEST(EndIn, IsSpreadOverTheTimeInWhichTheyEnd) {
    const Overlap overlap{
        kNow, kNow + std::chrono::minutes{5}, kNow + std::chrono::minutes{10}, nullptr};
    net::TimePoint earliest = net::kNever;
    net::TimePoint latest{};
    for (std::uint32_t random = 0; random < 5000; ++random) {
        const net::TimePoint end = end_in(overlap, random);
        earliest = std::min(earliest, end);
        latest = std::max(latest, end);
    }

    EXPECT_EQ(latest, overlap.until);
    EXPECT_GE(earliest, kNow + std::chrono::minutes{5});
    EXPECT_LT(earliest, kNow + std::chrono::minutes{5} + std::chrono::seconds{1});
}

struct OpeningRow {
    const char* name;
    ConnectionCounts counts;
    std::size_t limit;
    bool opens;
};

class OpensAnother : public testing::TestWithParam<OpeningRow> {};

TEST_P(OpensAnother, IsDecidedByWhoWaitsAndByBothLimits) {
    const OpeningRow& row = GetParam();

    EXPECT_EQ(opens_another(row.counts, row.limit), row.opens);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OpensAnother,
    testing::Values(
        OpeningRow{"first", {1, 0, 0}, 256, true},
        OpeningRow{"nobody_waits", {0, 0, 0}, 256, false},
        OpeningRow{"one_for_each", {3, 2, 10}, 256, true},
        OpeningRow{"enough_for_all", {3, 3, 10}, 256, false},
        OpeningRow{"more_than_wait", {3, 9, 10}, 256, false},
        OpeningRow{"one_below_the_bound", {500, kMostOpenings - 1, 70}, 256, true},
        OpeningRow{"at_the_bound", {500, kMostOpenings, 70}, 256, false},
        OpeningRow{"one_place_left", {500, 3, 255}, 256, true},
        OpeningRow{"at_the_limit", {500, 3, 256}, 256, false}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

struct TrimRow {
    const char* name;
    std::size_t idle;
    std::size_t least;
    std::size_t max_idle;
    std::size_t closed;
};

class IdleToClose : public testing::TestWithParam<TrimRow> {};

TEST_P(IdleToClose, IsHalfOfWhatNobodyNeeded) {
    const TrimRow& row = GetParam();

    EXPECT_EQ(idle_to_close(row.idle, row.least, row.max_idle), row.closed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, IdleToClose,
    testing::Values(
        TrimRow{"none", 0, 0, 64, 0}, TrimRow{"at_max_idle", 64, 64, 64, 0},
        TrimRow{"one_more", 65, 65, 64, 1}, TrimRow{"after_a_burst", 256, 256, 64, 96},
        TrimRow{"all_were_needed", 256, 0, 64, 0}, TrimRow{"some_were_needed", 256, 20, 64, 10},
        TrimRow{"last_one", 66, 1, 64, 1}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(IdleToClose, ComesToMaxIdleWithinAMinute) {
    std::size_t idle = 256;
    int periods = 0;

    for (; idle > 64; ++periods) idle -= idle_to_close(idle, idle, 64);

    EXPECT_EQ(idle, 64U);
    EXPECT_LE(periods * kTrimPeriod, std::chrono::minutes{1});
}

}  // namespace
}  // namespace countersign::proxy::upstream
