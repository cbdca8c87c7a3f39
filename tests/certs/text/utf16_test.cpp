#include "certs/text/utf16.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "certs/bytes.hpp"

namespace countersign::certs {
namespace {

using namespace std::string_view_literals;

std::string utf8_of(std::string_view bytes) { return utf8_of_utf16(as_bytes(bytes)); }

TEST(Utf16, BecomesUtf8) {
    EXPECT_EQ(utf8_of(""), "");
    EXPECT_EQ(utf8_of("\0k\0e\0y"sv), "key");
    EXPECT_EQ(utf8_of("\0\x7f\0\x80\x07\xff"sv), "\x7f\xc2\x80\xdf\xbf");
    EXPECT_EQ(utf8_of("\x08\0"sv), "\xe0\xa0\x80");
    EXPECT_EQ(utf8_of("\xff\xff"sv), "\xef\xbf\xbf");
    EXPECT_EQ(utf8_of("\xd8\0\xdc\0\0z"sv), "\xf0\x90\x80\x80z");
    EXPECT_EQ(utf8_of("\xdb\xff\xdf\xff"sv), "\xf4\x8f\xbf\xbf");
    EXPECT_EQ(utf8_of("\0a\0\0\0b"sv), "a\0b"sv);
}

TEST(Utf16, HalfAPairIsReplaced) {
    EXPECT_EQ(utf8_of("\xd8\0"sv), "\xef\xbf\xbd");
    EXPECT_EQ(utf8_of("\xd8\0\0a"sv), "\xef\xbf\xbd\x61");
    EXPECT_EQ(utf8_of("\xdc\0\xd8\0"sv), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(utf8_of("\0a\0"sv), "a");
}

TEST(Utf16, IsMadeOfUtf8) {
    EXPECT_EQ(utf16_of_utf8(""), "");
    EXPECT_EQ(utf16_of_utf8("k\xc3\xbc\xe5\x8d\xb0"), "\0k\0\xfc\x53\x70"sv);
    EXPECT_EQ(utf16_of_utf8("\xf0\x9f\x94\x91"), "\xd8\x3d\xdd\x11"sv);
    EXPECT_EQ(utf16_of_utf8("a\xff"), std::nullopt);
}

}  // namespace
}  // namespace countersign::certs
