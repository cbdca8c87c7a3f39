#include "certs/printable.hpp"

#include <gtest/gtest.h>

namespace countersign::certs {
namespace {

using namespace std::string_view_literals;

TEST(Printable, KeepsTextAndEscapesWhatWouldForgeALogLine) {
    const struct {
        const char* name;
        std::string_view raw;
        std::string_view shown;
    } kTexts[] = {
        {"plain", "CN=client, O=Acme", "CN=client, O=Acme"},
        {"UTF-8", "Müller €", "Müller €"},
        {"four bytes", "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91"},
        {"line end", "a\r\nlevel=error", "a\\x0d\\x0alevel=error"},
        {"zero", "a\0b"sv, "a\\x00b"},
        {"terminal", "\x1b[2J\x7f", "\\x1b[2J\\x7f"},
        {"C1 control", "\xc2\x9b", "\\xc2\\x9b"},
        {"line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8"},
        {"right to left", "\xe2\x80\xae", "\\xe2\\x80\\xae"},
        {"byte order mark", "\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
        {"Latin-1", "M\xfcller", "M\\xfcller"},
        {"cut short", "\xe2\x82", "\\xe2\\x82"},
        {"overlong", "\xc0\x8a", "\\xc0\\x8a"},
        {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
    };
    for (const auto& [name, raw, shown] : kTexts) EXPECT_EQ(printable(raw), shown) << name;
}

TEST(Printable, ListsTenAndCountsTheRest) {
    EXPECT_EQ(printable_list({}), "");
    EXPECT_EQ(printable_list({"a", "b\n"}), "a, b\\x0a");
    EXPECT_EQ(printable_list({"a", "b"}, "; "), "a; b");
    EXPECT_EQ(printable_list({"a", "b", "c", "d"}, ", ", 2), "a, b and 2 more");
    EXPECT_EQ(
        printable_list(std::vector<std::string>(12, "x")), "x, x, x, x, x, x, x, x, x, x and 2 more"
    );
}

TEST(Printable, NamesAStoreWithItsAlias) {
    EXPECT_EQ(where_of(std::filesystem::path{"keys/acme.jks"}), "keys/acme.jks");
    EXPECT_EQ(where_of("acme.jks", "mydomain"), "acme.jks, alias mydomain");
    EXPECT_EQ(where_of("acme.jks", ""), "acme.jks");
}

}  // namespace
}  // namespace countersign::certs
