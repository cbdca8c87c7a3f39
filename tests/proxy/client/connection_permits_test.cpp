#include "proxy/client/connection_permits.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy {
namespace {

TEST(ConnectionPermits, AreThereUntilTheLimitIsReached) {
    ConnectionPermits permits{2};

    const auto first = permits.take();
    const auto second = permits.take();
    const auto third = permits.take();

    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    EXPECT_FALSE(third);
}

TEST(ConnectionPermits, ComeBackWhenTheyGoOutOfScope) {
    ConnectionPermits permits{1};
    { const auto gone = permits.take(); }

    const auto next = permits.take();

    EXPECT_TRUE(next);
}

TEST(ConnectionPermits, ThatWereRefusedCostNothing) {
    ConnectionPermits permits{1};
    {
        const auto held = permits.take();
        for (int i = 0; i < 100; ++i) ASSERT_FALSE(permits.take());
    }

    EXPECT_TRUE(permits.take());
}

}  // namespace
}  // namespace countersign::proxy
