#include "proxy/http/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view kSpan = "00f067aa0ba902b7";

std::string parent(
    std::string_view trace = kTrace, std::string_view span = kSpan, std::string_view flags = "01",
    std::string_view version = "00"
) {
    return std::string{version} + "-" + std::string{trace} + "-" + std::string{span} + "-" +
           std::string{flags};
}

TEST(ReadTraceParent, GivesItsParts) {
    const std::string value = parent();

    const auto read = read_trace_parent(value);

    ASSERT_TRUE(read);
    EXPECT_EQ(read->trace_id, kTrace);
    EXPECT_EQ(read->span_id, kSpan);
    EXPECT_EQ(read->flags, "01");
}

TEST(ReadTraceParent, ReadsWhatLaterVersionsHaveInCommon) {
    for (const std::string& value :
         {parent(kTrace, kSpan, "ff", "01"), parent(kTrace, kSpan, "00", "fe") + "-more",
          parent(kTrace, kSpan, "00", "cc") + "-"}) {
        const auto read = read_trace_parent(value);
        ASSERT_TRUE(read) << value;
        EXPECT_EQ(read->trace_id, kTrace);
    }
}

TEST(ReadTraceParent, GivesNothingOfWhatIsNone) {
    for (const std::string& value : {
             std::string{},
             std::string{"00"},
             parent().substr(1),
             parent().substr(0, 54),
             parent() + "-",  // version 00 ends there
             parent() + "-00",
             parent(kTrace, kSpan, "01", "ff"),
             parent(kTrace, kSpan, "01", "0G"),
             parent(kTrace, kSpan, "0X"),
             parent(kTrace, kSpan, "0A"),
             parent("4BF92F3577B34DA6A3CE929D0E0E4736"),
             parent("4bf92f3577b34da6a3ce929d0e0e473 "),
             parent("00000000000000000000000000000000"),
             parent(kTrace, "0000000000000000"),
             parent(kTrace, "00f067aa0ba902bz"),
             parent(kTrace, kSpan, "01", "01") + "x",
             "00_" + parent().substr(3),
             parent().replace(35, 1, "_"),
             parent().replace(52, 1, "_"),
         }) {
        EXPECT_FALSE(read_trace_parent(value)) << value;
    }
}

TEST(RequestId, IsAWordOfCharactersThatIdsAreMadeOf) {
    for (const std::string& value :
         {std::string{"a"}, std::string{"7f3c1b5e-0d7e-4c64-9a57-1c7a7c0c1f55"},
          std::string{"Root=1-67891233-abcdef012345678912345678"}, std::string{"a.b_c~d+e/f:g@h=="},
          std::string(128, 'x')}) {
        EXPECT_TRUE(is_request_id(value)) << value;
    }
    for (const std::string& value :
         {std::string{}, std::string(129, 'x'), std::string{"a b"}, std::string{"a,b"},
          std::string{"a\"b"}, std::string{"a;b"}, std::string{"a\\b"}, std::string{"{a}"},
          std::string{"\xC3\xBC"}, std::string{"a\tb"}, std::string{"a<b"}}) {
        EXPECT_FALSE(is_request_id(value)) << value;
    }
}

TEST(HeadIds, AreThoseOfTheRequestWhereThereIsOneEach) {
    const std::string lines = "X-REQUEST-ID:  abc \r\nTraceParent: " + parent() + "\r\n";
    const auto one = ParsedHead::request(request_with(lines));
    EXPECT_EQ(one.head.request_id, "abc");
    EXPECT_EQ(one.head.trace_parent, parent());

    const auto none = ParsedHead::request(request_with(""));
    EXPECT_EQ(none.head.request_id.data(), nullptr);
    EXPECT_EQ(none.head.trace_parent.data(), nullptr);

    for (const std::string& twice : {lines + lines, lines + lines + lines}) {
        const auto several = ParsedHead::request(request_with(twice));
        ASSERT_TRUE(several.complete());
        EXPECT_EQ(several.head.request_id, "");
        EXPECT_NE(several.head.request_id.data(), nullptr);
        EXPECT_EQ(several.head.trace_parent, "");
    }
    const auto response = ParsedHead::response(response_with(lines));
    EXPECT_EQ(response.head.request_id.data(), nullptr);
}

}  // namespace
}  // namespace countersign::proxy::http
