#include "profiles/matching/path_doubt.hpp"

#include <gtest/gtest.h>

#include <string>

#include "profiles/matching/path_prefix.hpp"

namespace countersign::profiles {
namespace {

struct DoubtCase {
    std::string name;
    std::string path;
    std::string segment;
    std::string why;  ///< the beginning of it
};

class PathDoubtTable : public testing::TestWithParam<DoubtCase> {};

TEST_P(PathDoubtTable, NamesTheSegmentAndWhatIsInIt) {
    const DoubtCase& row = GetParam();
    ASSERT_TRUE((PathSegments{row.path, PathPrefix::kMostSegments}.ambiguous()));

    const PathDoubt doubt = path_doubt(row.path);

    EXPECT_EQ(doubt.segment, row.segment);
    EXPECT_EQ(doubt.why.substr(0, row.why.size()), row.why);
}

constexpr const char* kDots = "is '.' or '..' to some servers";

INSTANTIATE_TEST_SUITE_P(
    Rows, PathDoubtTable,
    testing::Values(
        DoubtCase{"Dots", "/api/../x", "..", kDots},
        DoubtCase{"DotsAtTheEnd", "/api/..?a=b", "..", kDots},
        DoubtCase{"DotsWithParameters", "/api/..;v/x", "..;v", kDots},
        DoubtCase{"DotsWithATab", "/api/.%09./x", ".%09.", kDots},
        DoubtCase{"OverlongDot", "/api/%f0%80%80%ae/x", "%f0%80%80%ae", kDots},
        DoubtCase{"DotsBehindAnEncodedSlash", "/a%2f..%2fb", "a%2f..%2fb", kDots},
        DoubtCase{"DotsBehindAnother", "/a;b/..", "..", kDots},
        DoubtCase{"EmptySegment", "/api//x", "", "is empty"},
        DoubtCase{"Parameters", "/api/a;b/", "a;b", "has a ';'"},
        DoubtCase{"Backslash", "/api/a\\b", "a\\b", "has a '\\'"},
        DoubtCase{"EncodedSlash", "/api/a%2Fb", "a%2Fb", "has an encoded '/'"},
        DoubtCase{"EncodedBackslash", "/api/a%5cb", "a%5cb", "has an encoded '\\'"},
        DoubtCase{"EncodedPercent", "/api/a%25b", "a%25b", "has an encoded '%'"},
        DoubtCase{"Nul", "/api/a%00b", "a%00b", "has an encoded NUL"},
        DoubtCase{"HalfAnEscape", "/api/100%", "100%", "has a '%' without two digits"},
        DoubtCase{"Overlong", "/api/%c1%a1", "%c1%a1", "has a '%' without two digits, or UTF-8"},
        DoubtCase{"TheFirstOfTwo", "/a;b/c%2fd", "a;b", "has a ';'"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(PathDoubt, OfAnEmptySegmentIsShownAsTwoSlashes) {
    EXPECT_EQ(to_text(path_doubt("/a//b")), "it has two slashes with nothing between them ('//')");
}

TEST(PathDoubt, IsShownWithTheBeginningOfALongSegment) {
    EXPECT_EQ(
        to_text(path_doubt("/" + std::string(100, 'a') + ";")),
        "its segment '" + std::string(80, 'a') +
            " …' has a ';', behind which some servers see parameters"
    );
}

}  // namespace
}  // namespace countersign::profiles
