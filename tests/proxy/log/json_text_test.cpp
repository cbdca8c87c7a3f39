#include "proxy/log/json_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "certs/text/utf8.hpp"
#include "tests/proxy/json_reader.hpp"

namespace countersign::proxy::log {
namespace {

std::string json_text(std::string_view text) {
    std::string out;
    append_json_text(out, text);
    return out;
}

struct Row {
    const char* name;
    std::string_view text;
    std::string_view json;
};

class JsonText : public testing::TestWithParam<Row> {};

TEST_P(JsonText, IsEscaped) { EXPECT_EQ(json_text(GetParam().text), GetParam().json); }

TEST_P(JsonText, IsTheInsideOfAString) {
    const std::string object = "{\"text\":\"" + json_text(GetParam().text) + "\"}";

    EXPECT_NO_THROW(read_json_object(object));
    EXPECT_EQ(read_json_object(object)["text"], certs::with_valid_utf8(GetParam().text));
}

using std::string_view_literals::operator""sv;

INSTANTIATE_TEST_SUITE_P(
    Plain, JsonText,
    testing::Values(
        Row{"empty", "", ""}, Row{"words", "plain words /path?a=b", "plain words /path?a=b"},
        Row{"quote", "say \"no\"", R"(say \"no\")"}, Row{"backslash", R"(a\b)", R"(a\\b)"},
        Row{"line_end", "a\r\nb", R"(a\u000d\u000ab)"}, Row{"tab", "a\tb", R"(a\u0009b)"},
        Row{"nul", "a\0b"sv, R"(a\u0000b)"}, Row{"escape", "\x1b[31m", R"(\u001b[31m)"},
        Row{"last_control", "\x1f", R"(\u001f)"}, Row{"delete", "\x7f", R"(\u007f)"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

// The borders of RFC 3629's table.
INSTANTIATE_TEST_SUITE_P(
    ValidUtf8, JsonText,
    testing::Values(
        Row{"two_first", "\xC2\x80", "\xC2\x80"}, Row{"two_last", "\xDF\xBF", "\xDF\xBF"},
        Row{"three_first", "\xE0\xA0\x80", "\xE0\xA0\x80"},
        Row{"three_before_surrogates", "\xED\x9F\xBF", "\xED\x9F\xBF"},
        Row{"three_after_surrogates", "\xEE\x80\x80", "\xEE\x80\x80"},
        Row{"three_last", "\xEF\xBF\xBF", "\xEF\xBF\xBF"},
        Row{"four_first", "\xF0\x90\x80\x80", "\xF0\x90\x80\x80"},
        Row{"four_last", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
        Row{"word", "Gr\xC3\xBC\xC3\x9F Gott", "Gr\xC3\xBC\xC3\x9F Gott"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

INSTANTIATE_TEST_SUITE_P(
    InvalidUtf8, JsonText,
    testing::Values(
        Row{"continuation_alone", "a\x80z", "a\\ufffdz"},
        Row{"overlong_two", "\xC0\xAF", "\\ufffd\\ufffd"},
        Row{"overlong_quote", "\xC0\xA2", "\\ufffd\\ufffd"},
        Row{"overlong_three", "\xE0\x9F\xBF", "\\ufffd\\ufffd\\ufffd"},
        Row{"surrogate", "\xED\xA0\x80", "\\ufffd\\ufffd\\ufffd"},
        Row{"overlong_four", "\xF0\x8F\xBF\xBF", "\\ufffd\\ufffd\\ufffd\\ufffd"},
        Row{"beyond_unicode", "\xF4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
        Row{"no_such_lead", "\xF5z", "\\ufffdz"}, Row{"latin1", "M\xFCller", "M\\ufffdller"},
        Row{"cut_two", "a\xC3", "a\\ufffd"}, Row{"cut_three", "a\xE2\x82", "a\\ufffd\\ufffd"},
        Row{"cut_four", "a\xF0\x9F\x98", "a\\ufffd\\ufffd\\ufffd"},
        Row{"lead_before_quote", "\xC3\"", "\\ufffd\\\""}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST(AppendJsonText, AppendsToWhatIsThere) {
    std::string out = "before ";

    append_json_text(out, "\"");

    EXPECT_EQ(out, "before \\\"");
}

}  // namespace
}  // namespace countersign::proxy::log
