#include "certs/text/ascii.hpp"

#include <gtest/gtest.h>

namespace countersign::certs {
namespace {

std::string all_of_class(bool (*is_in)(char)) {
    std::string in_class;
    for (int byte = 0; byte < 256; ++byte) {
        if (is_in(static_cast<char>(byte))) in_class += static_cast<char>(byte);
    }
    return in_class;
}

TEST(Ascii, AClassHoldsItsCharactersAndNoOtherByte) {
    EXPECT_EQ(all_of_class(is_digit), "0123456789");
    EXPECT_EQ(all_of_class(is_lower_case), "abcdefghijklmnopqrstuvwxyz");
    EXPECT_EQ(all_of_class(is_upper_case), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    EXPECT_EQ(all_of_class(is_letter), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

TEST(Ascii, OnlyLettersHaveACase) {
    EXPECT_EQ(in_lower_case("[@AZ`az{] M\xc3\x9cller \xdc"), "[@az`az{] m\xc3\x9cller \xdc");
    EXPECT_EQ(in_upper_case("[@AZ`az{] M\xc3\xbcller \xfc"), "[@AZ`AZ{] M\xc3\xbcLLER \xfc");
}

TEST(Ascii, TextsAreTheSameWhereOnlyTheCaseOfLettersDiffers) {
    EXPECT_TRUE(same_ignoring_case("", ""));
    EXPECT_TRUE(same_ignoring_case("Keep-Alive", "kEEP-aLIVE"));
    EXPECT_FALSE(same_ignoring_case("close", "closed"));
    EXPECT_FALSE(same_ignoring_case("a[", "a{"));
    EXPECT_FALSE(same_ignoring_case("\xc3\x9c", "\xc3\xbc"));
    EXPECT_TRUE(starts_ignoring_case("DNS:api.example", "dns:"));
    EXPECT_FALSE(starts_ignoring_case("DN", "dns:"));
}

TEST(Ascii, TextWithOneOtherByteIsNone) {
    EXPECT_TRUE(is_ascii(""));
    EXPECT_TRUE(is_ascii(std::string_view{"a\0\x7f", 3}));
    EXPECT_FALSE(is_ascii("M\xc3\xbcller"));
}

TEST(Ascii, HexadecimalDigitsAreReadInEitherCaseAndWrittenInLowerCase) {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const std::size_t digit = kHexDigits.find(to_lower(c));
        EXPECT_EQ(hex_value(c), digit == kHexDigits.npos ? -1 : static_cast<int>(digit)) << byte;
    }
    std::string text;
    for (const char c : {'\x00', '\x0a', '\xa0', '\xff'}) {
        append_hex(text, static_cast<unsigned char>(c));
    }
    EXPECT_EQ(text, "000aa0ff");
}

}  // namespace
}  // namespace countersign::certs
