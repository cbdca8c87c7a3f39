#include "profiles/matching/path_prefix.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

struct PrefixCase {
    std::string name;
    std::string text;
    std::string canonical;  ///< empty: no prefix
};

class PathPrefixTable : public testing::TestWithParam<PrefixCase> {};

TEST_P(PathPrefixTable, IsReadInOneSpelling) {
    const auto& row = GetParam();

    const auto prefix = PathPrefix::parse(row.text);

    EXPECT_EQ(prefix ? prefix->text() : "", row.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PathPrefixTable,
    testing::Values(
        PrefixCase{"OneSegment", "/orders", "/orders"},
        PrefixCase{"TwoSegments", "/api/v4", "/api/v4"}, PrefixCase{"CaseIsKept", "/API", "/API"},
        PrefixCase{"EncodedLetters", "/%6frders/%7e%41", "/orders/~A"},
        PrefixCase{"OtherEscapes", "/a%20b/%c3%bc", "/a%20b/%C3%BC"},
        PrefixCase{"Unicode", "/\xc3\xbc", "/%C3%BC"}, PrefixCase{"Empty", "", ""},
        PrefixCase{"Root", "/", ""}, PrefixCase{"NoSlashFirst", "orders", ""},
        PrefixCase{"SlashLast", "/orders/", ""}, PrefixCase{"EmptySegment", "/a//b", ""},
        PrefixCase{"Dot", "/a/./b", ""}, PrefixCase{"DotDot", "/a/../b", ""},
        PrefixCase{"EncodedDotDot", "/a/%2e%2E/b", ""}, PrefixCase{"EncodedSlash", "/a%2fb", ""},
        PrefixCase{"Backslash", "/a\\b", ""}, PrefixCase{"EncodedBackslash", "/a%5Cb", ""},
        PrefixCase{"Parameters", "/a;v=1", ""}, PrefixCase{"EncodedPercent", "/a%25b", ""},
        PrefixCase{"Nul", "/a%00", ""}, PrefixCase{"HalfAnEscape", "/a%2", ""},
        PrefixCase{"NoEscape", "/100%", ""}, PrefixCase{"Query", "/a?b", ""},
        PrefixCase{"Fragment", "/a#b", ""}, PrefixCase{"Space", "/a b", ""},
        PrefixCase{
            "MostSegments", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g"},
        PrefixCase{"TooManySegments", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h", ""},
        PrefixCase{"Longest", "/" + std::string(511, 'a'), "/" + std::string(511, 'a')},
        PrefixCase{"TooLong", "/" + std::string(512, 'a'), ""}
    ),
    [](const auto& row) { return row.param.name; }
);

bool begins(std::string_view path, std::string_view prefix) {
    const auto parsed = PathPrefix::parse(prefix).value();
    const PathSegments segments{path, parsed.segments()};
    return !segments.ambiguous() && segments.begins_with(parsed);
}

TEST(PathSegments, BeginWithAPrefixOnSegmentBordersOnly) {
    EXPECT_TRUE(begins("/orders", "/orders"));
    EXPECT_TRUE(begins("/orders/", "/orders"));
    EXPECT_TRUE(begins("/orders?page=2", "/orders"));
    EXPECT_TRUE(begins("/orders/7/lines", "/orders"));
    EXPECT_FALSE(begins("/orders2", "/orders"));
    EXPECT_FALSE(begins("/order", "/orders"));
    EXPECT_FALSE(begins("/", "/orders"));
    EXPECT_FALSE(begins("/a?/orders", "/orders"));
    EXPECT_FALSE(begins("*", "/orders"));
    EXPECT_FALSE(begins("", "/orders"));
    EXPECT_FALSE(begins("?a", "/orders"));
}

TEST(PathSegments, AreTheSameInEverySpellingOfOnePath) {
    EXPECT_TRUE(begins("/%6Frders", "/orders"));
    EXPECT_TRUE(begins("/a%2Db", "/a-b"));
    EXPECT_TRUE(begins("/%c3%bc", "/%C3%BC"));
    EXPECT_TRUE(begins("/\xc3\xbc", "/%C3%BC"));
    EXPECT_FALSE(begins("/ORDERS", "/orders"));
    EXPECT_FALSE(begins("/a%20b", "/a+b"));
}

TEST(PathSegments, AreAmbiguousWhereSomeServerFindsADotSegment) {
    for (const auto* path :
         {"/..",
          "/.",
          "/a/..",
          "/a/../b",
          "/a/./b",
          "/%2e%2e/b",
          "/a/.%2E",
          "/a/%2e",
          "/a/..%2fb",
          "/a%2f..%2fb",
          "/a/..\\b",
          "/a\\..\\b",
          "/a%5c..%5cb",
          "/a/..;x/b",
          "/a/.;/b",
          "/a/%252e%252e/b",
          "/a/%25252e%25252e/b",
          "/a%252f../b",
          "/a/..%00/b",
          "/a/..%3bx/b",
          "/a/%c0%ae%c0%ae/b",
          "/a/.%c0%AE",
          "/a/%e0%80%ae./b",
          "/a/..%c0%afb",
          "/a%c1%9c..%c1%9cb",
          "/a/%25c0%25ae%25c0%25ae/b",
          "/a/%u002e%u002E/b",
          "/a/..%u002fb",
          "/a/..%uff0fb",
          "/a/%25u002e./b",
          "/a/%f0%80%80%ae./b",
          "/a/%f8%80%80%80%ae%2e/b",
          "/a/%fc%80%80%80%80%ae/b",
          "/a/%c0%2e/b",
          "/a/%c0./b",
          "/a/..%c0%2fb",
          "/a%c1%1c..%c1%1cb",
          "/a/.%09./b",
          "/a/%0d%2e%0a/b",
          "/a/..%20/b"}) {
        EXPECT_TRUE((PathSegments{path, 1}.ambiguous())) << path;
        EXPECT_TRUE((PathSegments{std::string{"/x/y/z"} + path, 1}.ambiguous())) << path;
    }
    for (const auto* path :
         {"/...",
          "/a/..b",
          "/a/b..",
          "/.well-known",
          "/a/.b/c",
          "/a?/../b",
          "/a/b.c",
          "/%2e%2e%2e",
          "/a/..b%2fc",
          "/v1.0/x",
          "/a/%c0x.",
          "/a/%c3%a9.",
          "/a/%e0%a4%85..x",
          "/a/%e0%80",
          "/a/..%c0",
          "/a/%f0%9f%98%80..",
          "/a/%f0%80",
          "/a/a%20.",
          "/a/%09b..",
          "/a/%u00",
          "/a/%u002ex"}) {
        EXPECT_FALSE((PathSegments{path, 1}.ambiguous())) << path;
    }
}

TEST(PathSegments, AreAmbiguousWhereServersDifferOnlyAmongThoseThatAreCompared) {
    for (const auto* segment :
         {"", "a\\b", "a%5Cb", "a%2Fb", "a;b", "a%25b", "a%00", "a%", "a%4g", "a%c0%afb",
          "a%f0%80%80%afb", "a%c0%2fb", "%u0061"}) {
        const auto first = "/" + std::string{segment} + "/x/y";
        const auto third = "/x/y/" + std::string{segment} + "/z";
        EXPECT_TRUE((PathSegments{first, 1}.ambiguous())) << first;
        EXPECT_FALSE((PathSegments{third, 2}.ambiguous())) << third;
        EXPECT_TRUE((PathSegments{third, 3}.ambiguous())) << third;
    }
    EXPECT_FALSE((PathSegments{"/orders/", 2}.ambiguous()));
    EXPECT_TRUE((PathSegments{"/orders//", 2}.ambiguous()));
}

TEST(PathSegments, CountOnlyWhatCouldBeAPrefix) {
    EXPECT_EQ((PathSegments{"/a/b/c", 2}.count()), 2U);
    EXPECT_EQ((PathSegments{"/a/", 2}.count()), 1U);
    EXPECT_EQ((PathSegments{"/a/" + std::string(600, 'b') + "/c", 3}.count()), 1U);
    EXPECT_EQ((PathSegments{"/" + std::string(600, '%'), 3}.count()), 0U);
}

}  // namespace
}  // namespace countersign::profiles
