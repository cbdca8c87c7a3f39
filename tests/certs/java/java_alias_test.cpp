#include "certs/java/java_alias.hpp"

#include <gtest/gtest.h>

namespace countersign::tests {
namespace {

using namespace std::string_literals;

TEST(JavaAlias, IsInLowerCase) {
    EXPECT_EQ(certs::java_alias("MyDomain-2"), "mydomain-2");
    EXPECT_EQ(certs::java_alias("GRÖSSE"), "grösse");
    EXPECT_EQ(certs::java_alias("2×Þ"), "2×þ");
    EXPECT_EQ(certs::java_alias("ключ"), "ключ");
}

TEST(JavaUtf, SplitsWhatIsBeyondSixteenBits) {
    EXPECT_EQ(certs::java_utf("a€"), "a€");
    EXPECT_EQ(certs::java_utf("\xf0\x9f\x94\x91"), "\xed\xa0\xbd\xed\xb4\x91");
    EXPECT_EQ(certs::java_utf("a\0b"s), "a\xc0\x80"s + "b");
    EXPECT_EQ(certs::java_utf("\xf0\x9f"), "\xf0\x9f");
}

}  // namespace
}  // namespace countersign::tests
