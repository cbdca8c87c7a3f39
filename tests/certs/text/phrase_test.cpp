#include "certs/text/phrase.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace countersign::certs {
namespace {

using Texts = std::vector<std::string>;

TEST(Phrase, QuotesStandAroundATextAsItIs) {
    EXPECT_EQ(in_quotes(""), "''");
    EXPECT_EQ(in_quotes("CN=A, O=B"), "'CN=A, O=B'");
}

TEST(Phrase, OnlyOneIsSingular) {
    EXPECT_EQ(counted(0, "key"), "0 keys");
    EXPECT_EQ(counted(1, "key"), "1 key");
    EXPECT_EQ(counted(2, "key"), "2 keys");
}

TEST(Phrase, CommasStandBetweenItems) {
    EXPECT_EQ(joined(Texts{}), "");
    EXPECT_EQ(joined(Texts{"a"}), "a");
    EXPECT_EQ(joined(Texts{"a", "", "c"}), "a, , c");
    EXPECT_EQ(
        joined(std::array{80, 443}, [](int port) { return std::to_string(port); }), "80, 443"
    );
}

TEST(Phrase, AConjunctionStandsBeforeTheLastItem) {
    EXPECT_EQ(enumerated(Texts{}, "or"), "");
    EXPECT_EQ(enumerated(Texts{"a"}, "or"), "a");
    EXPECT_EQ(enumerated(Texts{"a", "b"}, "or"), "a or b");
    EXPECT_EQ(enumerated(Texts{"a", "b", "c"}, "and"), "a, b and c");
}

}  // namespace
}  // namespace countersign::certs
