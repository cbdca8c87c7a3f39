#include "certs/text/utf8.hpp"

#include <gtest/gtest.h>

namespace countersign::certs {
namespace {

TEST(Utf8, TheCharacterInFrontIsDecoded) {
    const struct {
        const char* name;
        std::string_view text;
        std::size_t length;
        char32_t code;
    } kTexts[] = {
        {"ASCII", "ab", 1, U'a'},
        {"a zero", std::string_view{"\0b", 2}, 1, 0},
        {"the last of one byte", "\x7f", 1, 0x7f},
        {"the first of two", "\xc2\x80", 2, 0x80},
        {"the last of two", "\xdf\xbfz", 2, 0x7ff},
        {"the first of three", "\xe0\xa0\x80", 3, 0x800},
        {"before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff},
        {"behind the surrogates", "\xee\x80\x80", 3, 0xe000},
        {"a byte order mark", kByteOrderMark, 3, 0xfeff},
        {"the first of four", "\xf0\x90\x80\x80", 4, 0x10000},
        {"the last of all", "\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    };
    for (const auto& [name, text, length, code] : kTexts) {
        const Utf8Character character = decode_utf8(text);
        EXPECT_EQ(character.length, length) << name;
        EXPECT_EQ(character.code, code) << name;
    }
}

TEST(Utf8, OtherBytesAreNoCharacter) {
    const struct {
        const char* name;
        std::string_view text;
    } kTexts[] = {
        {"a continuation alone", "\x80"},
        {"Latin-1", "\xfcller"},
        {"cut short in two", "\xc3"},
        {"cut short in four", "\xf0\x9f\x94"},
        {"not continued", "\xe2\x82z"},
        {"overlong in two", "\xc0\x8a"},
        {"overlong in two, the last", "\xc1\xbf"},
        {"overlong in three", "\xe0\x9f\xbf"},
        {"overlong in four", "\xf0\x8f\xbf\xbf"},
        {"the first surrogate", "\xed\xa0\x80"},
        {"the last surrogate", "\xed\xbf\xbf"},
        {"beyond Unicode", "\xf4\x90\x80\x80"},
        {"five bytes", "\xf8\x88\x80\x80\x80"},
    };
    for (const auto& [name, text] : kTexts) EXPECT_EQ(decode_utf8(text).length, 0U) << name;
}

TEST(Utf8, WhatIsNoCharacterIsReplacedByteByByte) {
    EXPECT_EQ(with_valid_utf8(""), "");
    EXPECT_EQ(with_valid_utf8("M\xc3\xbcller \xf0\x9f\x94\x91"), "M\xc3\xbcller \xf0\x9f\x94\x91");
    EXPECT_EQ(with_valid_utf8("M\xfcller"), "M\xef\xbf\xbdller");
    EXPECT_EQ(with_valid_utf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace countersign::certs
