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

TEST(JavaUtf, IsReadAsItWasMeant) {
    for (const std::string& text : {"a€"s, "\xf0\x9f\x94\x91"s, "a\0b"s, "\xf4\x8f\xbf\xbf"s}) {
        EXPECT_EQ(certs::from_java_utf(certs::java_utf(text)), text);
    }
}

// Halves of pairs, cut characters, zeros of one byte: a rewritten store names the same entry.
TEST(JavaUtf, KeepsWhatJavaWouldNotHaveWritten) {
    for (const std::string& bytes :
         {"c\0\0er"s, "\xed\xa0\xbd"s, "\xed\xb4\x91\xed\xa0\xbd"s, "\xed\xa0\xbd\xed\xa0\xbd"s,
          "\xed\xa0\xbd\xed"s, "\xf0\x9f"s, "\xf0\x9f\x94z"s, "\xf7\xbf\xbf\xbf"s,
          "\xf0\x80\x80\x80"s, "\xf0\x9f\x94\x91"s, "\xc0"s, "\xff\xfe"s}) {
        const std::string alias = certs::from_java_utf(bytes);
        EXPECT_EQ(certs::from_java_utf(certs::java_utf(alias)), alias);
    }
}

TEST(JavaAlias, IsTheSameWhereOnlyTheCaseOfItsLettersDiffers) {
    EXPECT_TRUE(certs::same_in_java("MyDomain", "mydomain"));
    EXPECT_TRUE(certs::same_in_java("\xc3\x9c", "\xc3\xbc"));
    EXPECT_FALSE(certs::same_in_java("mydomain", "mydomain2"));
}

}  // namespace
}  // namespace countersign::tests
