#include "proxy/connection_permits.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace countersign::proxy {
namespace {

TEST(ConnectionPermits, AreWithinTheLimitUntilItIsReached) {
    ConnectionPermits permits{2};

    const auto first = permits.take();
    const auto second = permits.take();
    const auto third = permits.take();

    EXPECT_FALSE(first->over_limit());
    EXPECT_FALSE(second->over_limit());
    EXPECT_TRUE(third->over_limit());
}

TEST(ConnectionPermits, ComeBackWhenTheyGoOutOfScope) {
    ConnectionPermits permits{1};
    { const auto gone = permits.take(); }

    const auto next = permits.take();

    EXPECT_FALSE(next->over_limit());
}

TEST(ConnectionPermits, EndSomeWayBeyondTheLimit) {
    ConnectionPermits permits{1};
    std::vector<ConnectionPermits::Permit> held;
    while (auto permit = permits.take()) held.push_back(std::move(*permit));
    const std::size_t most = held.size();

    held.pop_back();

    EXPECT_GT(most, 1U);
    EXPECT_TRUE(permits.take().has_value());
}

}  // namespace
}  // namespace countersign::proxy
