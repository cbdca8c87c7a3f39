#include "proxy/client/connection_permits.hpp"

#include <gtest/gtest.h>

namespace countersign::proxy::client {
namespace {

TEST(ConnectionPermits, AreThereUntilTheLimitIsReached) {
    ConnectionPermits permits;

    const auto first = permits.take(2);
    const auto second = permits.take(2);
    const auto third = permits.take(2);

    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    EXPECT_FALSE(third);
}

TEST(ConnectionPermits, ComeBackWhenTheyGoOutOfScope) {
    ConnectionPermits permits;
    { const auto gone = permits.take(1); }

    const auto next = permits.take(1);

    EXPECT_TRUE(next);
}

TEST(ConnectionPermits, ThatWereRefusedCostNothing) {
    ConnectionPermits permits;
    {
        const auto held = permits.take(1);
        for (int i = 0; i < 100; ++i) ASSERT_FALSE(permits.take(1));
    }

    EXPECT_TRUE(permits.take(1));
}

TEST(ConnectionPermits, HoldBesideALowerLimitThatIsSetLater) {
    ConnectionPermits permits;
    auto first = permits.take(2);
    const auto second = permits.take(2);
    ASSERT_TRUE(first && second);

    EXPECT_FALSE(permits.take(1));
    first.reset();
    EXPECT_FALSE(permits.take(1));
    EXPECT_TRUE(permits.take(2));
}

}  // namespace
}  // namespace countersign::proxy::client
