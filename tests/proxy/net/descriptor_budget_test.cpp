#include "proxy/net/descriptor_budget.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::net {
namespace {

TEST(DescriptorBudget, OfNoLimitServesAll) {
    const DescriptorBudget budget;

    EXPECT_TRUE(budget.serves_client(1'000'000));
    EXPECT_TRUE(budget.serves_upstream(1'000'000));
}

TEST(DescriptorBudget, TurnsNewClientsAwayFirstAndKeepsTheLastForTheirAnswers) {
    const DescriptorBudget budget{1'024};  // a reserve of 128

    EXPECT_TRUE(budget.serves_client(895));
    EXPECT_FALSE(budget.serves_client(896));
    EXPECT_TRUE(budget.tells_client(927));
    EXPECT_FALSE(budget.tells_client(928));
    EXPECT_TRUE(budget.serves_upstream(959));
    EXPECT_FALSE(budget.serves_upstream(960));
}

TEST(DescriptorBudget, KeepsNoMoreThanAnswersNeed) {
    EXPECT_EQ(DescriptorBudget::reserve(1'048'576), 512U);
    EXPECT_EQ(DescriptorBudget::reserve(64), 8U);
}

}  // namespace
}  // namespace countersign::proxy::net
