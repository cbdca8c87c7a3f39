#include "proxy/upstream/idle_connections.hpp"

#include <gtest/gtest.h>

#include <string>

#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kNow{std::chrono::hours{10}};

struct Row {
    const char* name;
    int opened_ago;  ///< milliseconds
    int idle_for;    ///< milliseconds
    std::uint32_t requests;
    bool reused;
};

/// max_age 1000 ms, idle_timeout 100 ms, max_requests 3.
class MayBeReused : public testing::TestWithParam<Row> {};

TEST_P(MayBeReused, IsDecidedByAgeRestAndRequests) {
    const Row& row = GetParam();
    profiles::PoolRules rules;
    rules.max_age = milliseconds{1'000};
    rules.idle_timeout = milliseconds{100};
    rules.max_requests = 3;
    const ConnectionAge age{
        kNow - milliseconds{row.opened_ago}, kNow - milliseconds{row.idle_for}, row.requests};

    EXPECT_EQ(may_be_reused(age, rules, kNow), row.reused);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MayBeReused,
    testing::Values(
        Row{"new", 0, 0, 1, true}, Row{"almost_too_old", 999, 0, 1, true},
        Row{"too_old", 1'000, 0, 1, false}, Row{"almost_idle_too_long", 500, 99, 1, true},
        Row{"idle_too_long", 500, 100, 1, false}, Row{"one_request_left", 10, 0, 2, true},
        Row{"no_request_left", 10, 0, 3, false}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(MayBeReusedForever, WhereTheNumberOfRequestsIsNotLimited) {
    profiles::PoolRules rules;
    rules.max_requests = 0;

    EXPECT_TRUE(may_be_reused({kNow, kNow, UINT32_MAX}, rules, kNow));
}

TEST(IdleConnections, AnEmptyListGivesNothing) {
    IdleConnections idle;

    EXPECT_TRUE(idle.empty());
    EXPECT_EQ(idle.size(), 0U);
    EXPECT_EQ(idle.pop(), nullptr);
}

}  // namespace
}  // namespace countersign::proxy
