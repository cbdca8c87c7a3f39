#include "proxy/generation/side_by_side.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace countersign::proxy::generation {
namespace {

TEST(SideBySide, TakesEachNumberOnce) {
    for (const std::size_t count : {0U, 1U, 63U, 64U, 65U, 1000U}) {
        std::vector<std::atomic<int>> calls(count);

        side_by_side(count, [&](std::size_t i) { ++calls[i]; });

        for (const auto& each : calls) EXPECT_EQ(each, 1) << "of " << count;
    }
}

TEST(SideBySide, ThrowsWhatOneOfThemThrew) {
    for (const std::size_t count : {1U, 1000U}) {
        EXPECT_THROW(
            side_by_side(
                count,
                [&](std::size_t i) {
                    if (i == count - 1) throw std::runtime_error{"x"};
                }
            ),
            std::runtime_error
        );
    }
}

}  // namespace
}  // namespace countersign::proxy::generation
