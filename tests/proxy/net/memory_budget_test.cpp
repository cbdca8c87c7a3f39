#include "proxy/net/memory_budget.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace countersign::proxy::net {
namespace {

TEST(MemoryBudget, GivesSoMuchAndNoMore) {
    MemoryBudget budget;
    MemoryBudget::Share one{budget};
    MemoryBudget::Share other{budget};

    EXPECT_TRUE(one.grow(60, 100));
    EXPECT_FALSE(other.grow(41, 100));
    EXPECT_TRUE(other.grow(40, 100));
    EXPECT_FALSE(one.grow(1, 100));
    EXPECT_EQ(budget.taken(), 100U);
}

TEST(MemoryBudget, HasAgainWhatAShareGivesBack) {
    MemoryBudget budget;
    {
        MemoryBudget::Share gone{budget};
        ASSERT_TRUE(gone.grow(100, 100));
        gone.shrink(30);
        EXPECT_EQ(gone.size(), 70U);
        EXPECT_EQ(budget.taken(), 70U);
    }

    EXPECT_EQ(budget.taken(), 0U);
}

TEST(MemoryBudget, OfNothingGivesNothing) {
    MemoryBudget budget;
    MemoryBudget::Share share{budget};

    EXPECT_FALSE(share.grow(1, 0));
}

TEST(MemoryBudget, ThatALoadHasMadeSmallerGivesNothingUntilItIsBelow) {
    MemoryBudget budget;
    MemoryBudget::Share share{budget};
    ASSERT_TRUE(share.grow(100, 100));

    EXPECT_FALSE(share.grow(1, 50));
    share.shrink(60);
    EXPECT_TRUE(share.grow(10, 50));
}

TEST(MemoryBudget, HoldsForThreadsTogether) {
    constexpr std::uint64_t kMost = 1000;
    MemoryBudget budget;
    std::atomic<bool> exceeded{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 10'000; ++round) {
                MemoryBudget::Share share{budget};
                if (share.grow(400, kMost) && budget.taken() > kMost) exceeded = true;
            }
        });
    }
    for (std::thread& one : threads) one.join();

    EXPECT_FALSE(exceeded);
    EXPECT_EQ(budget.taken(), 0U);
}

}  // namespace
}  // namespace countersign::proxy::net
