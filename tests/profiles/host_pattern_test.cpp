#include "profiles/host_pattern.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

struct HostCase {
    std::string name;
    std::string text;
    std::string normal;  ///< empty: no host
};

class NormaliseHost : public testing::TestWithParam<HostCase> {};

TEST_P(NormaliseHost, GivesOneSpelling) {
    const auto& row = GetParam();

    const auto host = normalise_host(row.text);

    EXPECT_EQ(host.value_or(""), row.normal);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NormaliseHost,
    testing::Values(
        HostCase{"Name", "api.partner.example", "api.partner.example"},
        HostCase{"UpperCase", "API.Partner.EXAMPLE", "api.partner.example"},
        HostCase{"TrailingDot", "api.partner.example.", "api.partner.example"},
        HostCase{"OneLabel", "localhost", "localhost"},
        HostCase{"Underscore", "my_service.test", "my_service.test"},
        HostCase{"DigitsFirst", "3com.example", "3com.example"},
        HostCase{"LastLabelWithDigits", "node-1.rack1", "node-1.rack1"},
        HostCase{"Longest", std::string(253, 'a'), std::string(253, 'a')},
        HostCase{"IPv4", "192.0.2.7", "192.0.2.7"},
        HostCase{"IPv4WithDot", "192.0.2.7.", "192.0.2.7"},
        HostCase{"IPv6", "2001:DB8:0::7", "2001:db8::7"},
        HostCase{"IPv6InBrackets", "[::1]", "::1"},
        HostCase{"MappedIPv4", "[::ffff:192.0.2.7]", "192.0.2.7"}, HostCase{"Empty", "", ""},
        HostCase{"OnlyDot", ".", ""}, HostCase{"TwoTrailingDots", "api.example..", ""},
        HostCase{"LeadingDot", ".example", ""}, HostCase{"EmptyLabel", "api..example", ""},
        HostCase{"TooLong", std::string(254, 'a'), ""}, HostCase{"Space", "api example", ""},
        HostCase{"Port", "api.example:443", ""}, HostCase{"Slash", "api.example/", ""},
        HostCase{"Star", "*.example", ""}, HostCase{"Nul", std::string("api\0.example", 12), ""},
        HostCase{"Unicode", "m\xc3\xbcller.example", "xn--mller-kva.example"},
        HostCase{"UnicodeUpperCase", "M\xc3\x9cLLER.example.", "xn--mller-kva.example"},
        HostCase{"UnicodeDecomposed", "mu\xcc\x88ller.example", "xn--mller-kva.example"},
        HostCase{
            "SharpS",
            "stra\xc3\x9f"
            "e.example",
            "xn--strae-oqa.example"},
        HostCase{"ALabel", "XN--MLLER-KVA.example", "xn--mller-kva.example"},
        HostCase{"FullWidthAddress", "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", "127.0.0.1"},
        HostCase{"FullWidthShortAddress", "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1", ""},
        HostCase{
            "IdeographicFullStop",
            "api\xe3\x80\x82"
            "example",
            "api.example"},
        HostCase{"NotUtf8", "m\xfcller.example", ""},
        HostCase{"NotAllowedInNames", "\xe2\x80\xa8.example", ""},
        HostCase{"NameInBrackets", "[localhost]", ""}, HostCase{"OpenBracket", "[::1", ""},
        HostCase{"ShortIPv4", "127.1", ""}, HostCase{"OneNumber", "2130706433", ""},
        HostCase{"HexIPv4", "0x7f.0.0.1", ""}, HostCase{"HexLastLabel", "127.0.0.0x1", ""},
        HostCase{"OctalIPv4", "0177.0.0.01", ""}, HostCase{"NumberAsTopLabel", "api.123", ""}
    ),
    [](const auto& row) { return row.param.name; }
);

struct PatternCase {
    std::string name;
    std::string text;
    std::string canonical;  ///< empty: no pattern
};

class HostPatternTable : public testing::TestWithParam<PatternCase> {};

TEST_P(HostPatternTable, IsParsedToItsCanonicalText) {
    const auto& row = GetParam();

    const auto pattern = HostPattern::parse(row.text);

    EXPECT_EQ(pattern ? pattern->to_text() : "", row.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, HostPatternTable,
    testing::Values(
        PatternCase{"Exact", "API.Partner.example.", "api.partner.example"},
        PatternCase{"Suffix", "*.Partner.example.", "*.partner.example"},
        PatternCase{"Unicode", "*.m\xc3\xbcller.example", "*.xn--mller-kva.example"},
        PatternCase{"ALabel", "xn--mller-kva.example", "xn--mller-kva.example"},
        PatternCase{"ALabelOfNothing", "xn--a.example", ""},
        PatternCase{"ALabelOfAsciiOnly", "xn--abc-.example", ""},
        PatternCase{"SuffixOfOneLabel", "*.example", "*.example"}, PatternCase{"Any", "*", "*"},
        PatternCase{"IPv4", "192.0.2.7", "192.0.2.7"},
        PatternCase{"IPv6", "[2001:DB8::7]", "2001:db8::7"},
        PatternCase{"LongestSuffix", "*." + std::string(251, 'a'), "*." + std::string(251, 'a')},
        PatternCase{"SuffixWithoutRoomForALabel", "*." + std::string(252, 'a'), ""},
        PatternCase{"Empty", "", ""}, PatternCase{"StarAlone", "*.", ""},
        PatternCase{"StarInside", "api.*.example", ""}, PatternCase{"StarLast", "api.*", ""},
        PatternCase{"StarInLabel", "api-*.example", ""},
        PatternCase{"StarWithoutDot", "*partner.example", ""},
        PatternCase{"TwoStars", "*.*.example", ""}, PatternCase{"SuffixOfIPv4", "*.192.0.2.7", ""},
        PatternCase{"SuffixOfNumbers", "*.2.7", ""}, PatternCase{"SuffixOfIPv6", "*.[::1]", ""},
        PatternCase{"Port", "api.example:443", ""}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(HostPattern, MatchesAnExactHostOnly) {
    const auto pattern = HostPattern::parse("partner.example").value();

    EXPECT_TRUE(pattern.matches("partner.example"));
    EXPECT_FALSE(pattern.matches("api.partner.example"));
    EXPECT_FALSE(pattern.matches("notpartner.example"));
}

TEST(HostPattern, MatchesOneOrMoreLabelsBeforeItsSuffix) {
    const auto pattern = HostPattern::parse("*.partner.example").value();

    EXPECT_TRUE(pattern.matches("api.partner.example"));
    EXPECT_TRUE(pattern.matches("v2.api.partner.example"));
    EXPECT_FALSE(pattern.matches("partner.example"));
    EXPECT_FALSE(pattern.matches(".partner.example"));
    EXPECT_FALSE(pattern.matches("notpartner.example"));
    EXPECT_FALSE(pattern.matches("partner.example.org"));
}

TEST(HostPattern, MatchesAnyHostByAStar) {
    const auto pattern = HostPattern::parse("*").value();

    EXPECT_TRUE(pattern.matches("localhost"));
    EXPECT_TRUE(pattern.matches("::1"));
}

}  // namespace
}  // namespace countersign::profiles
