#include "profiles/units.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

using std::chrono::milliseconds;

TEST(ParseDuration, ReadsANumberAndItsUnit) {
    EXPECT_EQ(parse_duration("500ms"), milliseconds{500});
    EXPECT_EQ(parse_duration("5s"), milliseconds{5'000});
    EXPECT_EQ(parse_duration("2m"), milliseconds{120'000});
    EXPECT_EQ(parse_duration("1h"), milliseconds{3'600'000});
    EXPECT_EQ(parse_duration("30d"), milliseconds{2'592'000'000});
    EXPECT_EQ(parse_duration("0s"), milliseconds{0});
    EXPECT_EQ(parse_duration("3650d"), kLongestDuration);
}

TEST(ParseDuration, RefusesEverythingElse) {
    for (const auto* text :
         {"", "s", "5", "5 s", "-5s", "+5s", "05s", "5S", "5sec", "1h30m", "1.5s", "3651d",
          "18446744073709551616ms", "99999999999999999999d", "5s "}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(ParseSize, ReadsBytesAndBinaryUnits) {
    EXPECT_EQ(parse_size("0"), 0U);
    EXPECT_EQ(parse_size("65536"), 65'536U);
    EXPECT_EQ(parse_size("64KiB"), 65'536U);
    EXPECT_EQ(parse_size("1MiB"), 1'048'576U);
    EXPECT_EQ(parse_size("2GiB"), 2'147'483'648U);
    EXPECT_EQ(parse_size("9223372036854775807"), 9'223'372'036'854'775'807U);
}

TEST(ParseSize, RefusesEverythingElse) {
    for (const auto* text :
         {"", "KiB", "64KB", "64K", "64kib", "64 KiB", "-1", "010", "1.5MiB", "1TiB",
          "9223372036854775808", "9007199254740992KiB"}) {
        EXPECT_FALSE(parse_size(text)) << text;
    }
}

TEST(DurationText, IsWhatParseDurationReads) {
    for (const auto* text : {"0ms", "1ms", "200ms", "1500ms", "5s", "90s", "2m", "1h", "30d"}) {
        EXPECT_EQ(duration_text(*parse_duration(text)), text);
    }
    EXPECT_EQ(duration_text(std::chrono::seconds{60}), "1m");
}

TEST(ParseNumber, ReadsDecimalDigitsOnly) {
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("443"), 443U);
    EXPECT_EQ(parse_number("18446744073709551615"), 18'446'744'073'709'551'615U);
    for (const auto* text : {"", "010", "00", "0x10", "-1", "+1", "1e3", "18446744073709551616"}) {
        EXPECT_FALSE(parse_number(text)) << text;
    }
}

}  // namespace
}  // namespace countersign::profiles
