#include "profiles/yaml/tree_builder.hpp"

#include <gtest/gtest.h>

#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

TEST(YamlTreeBuilder, BoundsWhatAliasesOfAliasesGrowInto) {
    std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        const auto name = "a" + std::to_string(i);
        yaml += name + ": &" + name + " [" + before;
        for (int j = 1; j < 10; ++j) yaml += ", " + before;
        yaml += "]\n";
    }

    const auto problems = problems_of(yaml);

    EXPECT_EQ(
        problems, "6:20: a5[2]: more than 500000 values, with the aliases written out, is too many"
    );
}

TEST(YamlTreeBuilder, BoundsTheNumberOfValues) {
    std::string yaml = "profiles: [";
    for (int i = 0; i < 500'001; ++i) yaml += "a,";

    const auto problems = problems_of(yaml + "]");

    EXPECT_TRUE(
        problems.ends_with("]: more than 500000 values, with the aliases written out, is too many")
    ) << problems;
}

TEST(YamlTreeBuilder, BoundsTheDepthOfWhatTheParserRecursesInto) {
    std::string lists;
    for (int i = 0; i < 100'000; ++i) lists += "- ";

    for (const auto& yaml : {lists, std::string(100'000, '['), std::string(100'000, '{')}) {
        EXPECT_TRUE(problems_of(yaml).ends_with("stand more than 32 deep in each other"));
    }
}

}  // namespace
}  // namespace countersign::profiles
