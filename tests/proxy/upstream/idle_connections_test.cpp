#include "proxy/upstream/idle_connections.hpp"

#include <gtest/gtest.h>

#include <string>

#include "proxy/upstream/upstream_connection.hpp"

namespace countersign::proxy::upstream {
namespace {

TEST(IdleConnections, AnEmptyListGivesNothing) {
    IdleConnections idle;

    EXPECT_TRUE(idle.empty());
    EXPECT_EQ(idle.size(), 0U);
    EXPECT_EQ(idle.pop(), nullptr);
}

}  // namespace
}  // namespace countersign::proxy::upstream
