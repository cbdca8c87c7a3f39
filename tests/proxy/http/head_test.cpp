#include <gtest/gtest.h>

#include "proxy/http/head_reader.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

TEST(RequestHead, GivesMethodTargetVersionAndFieldsAsWritten) {
    const auto parsed = ParsedHead::request(
        "GET http://a.example/b?c HTTP/1.1\r\nhOST:  a.example \t\r\nX-Empty:\r\n\r\nbody"
    );

    ASSERT_TRUE(parsed.complete());
    EXPECT_EQ(parsed.result.size, 67U);
    EXPECT_EQ(parsed.head.method, "GET");
    EXPECT_EQ(parsed.head.target, "http://a.example/b?c");
    EXPECT_EQ(parsed.head.minor_version, 1);
    EXPECT_EQ(parsed.head.start_line, "GET http://a.example/b?c HTTP/1.1\r\n");
    EXPECT_EQ(parsed.head.host, "a.example");
    ASSERT_EQ(parsed.head.fields.size(), 2U);
    EXPECT_EQ(parsed.head.fields[0].id, FieldName::host);
    EXPECT_EQ(parsed.head.fields[0].name, "hOST");
    EXPECT_EQ(parsed.head.fields[0].value, "a.example");
    EXPECT_EQ(parsed.head.fields[0].line, "hOST:  a.example \t\r\n");
    EXPECT_EQ(parsed.head.fields[1].id, FieldName::other);
    EXPECT_EQ(parsed.head.fields[1].value, "");
}

TEST(RequestHead, TakesAnyTokenAsMethod) {
    const auto parsed = ParsedHead::request("M-SEARCH_2! /a HTTP/1.1\r\nHost: a\r\n\r\n");

    ASSERT_TRUE(parsed.complete());
    EXPECT_EQ(parsed.head.method, "M-SEARCH_2!");
}

TEST(RequestHead, ReadsALaterMinorVersionAsOne) {
    const auto parsed = ParsedHead::request("GET / HTTP/1.7\r\nHost: a\r\n\r\n");

    ASSERT_TRUE(parsed.complete());
    EXPECT_EQ(parsed.head.minor_version, 1);
}

TEST(RequestHead, AcceptsAnEmptyHostAndTellsItFromNone) {
    const auto with_empty_host = ParsedHead::request("GET / HTTP/1.1\r\nHost:\r\n\r\n");
    const auto without = ParsedHead::request("GET / HTTP/1.0\r\n\r\n");

    ASSERT_TRUE(with_empty_host.complete());
    ASSERT_TRUE(without.complete());
    EXPECT_EQ(with_empty_host.head.host, "");
    EXPECT_NE(with_empty_host.head.host.data(), nullptr);
    EXPECT_EQ(without.head.host.data(), nullptr);
}

TEST(RequestHead, CountsFieldsUpToTheLimit) {
    const std::string_view bytes = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n";

    const auto enough = ParsedHead::request(bytes, 3);
    const auto one_less = ParsedHead::request(bytes, 2);

    EXPECT_TRUE(enough.complete());
    EXPECT_EQ(one_less.result.state, HeadResult::State::invalid);
    EXPECT_EQ(one_less.result.error, HeadError::too_many_fields);
}

TEST(RequestHead, IsIncompleteUntilItsEmptyLine) {
    for (const std::string_view bytes :
         {"", "G", "GET / HTTP/1.1", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r"}) {
        const auto parsed = ParsedHead::request(bytes);

        EXPECT_EQ(parsed.result.state, HeadResult::State::incomplete) << bytes;
    }
}

TEST(RequestHead, IsRefusedBeforeItsEndWhereItCanOnlyBeWrong) {
    const auto tls = ParsedHead::request("\x16\x03\x01\x02");
    const auto bare = ParsedHead::request("GET / HTTP/1.1\nHost: a\n\n");

    EXPECT_EQ(tls.result.error, HeadError::bad_request_line);
    EXPECT_EQ(bare.result.error, HeadError::bare_line_end);
}

TEST(RequestHead, KeepsNothingOfTheHeadBefore) {
    const std::string first =
        request_with("Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close, x\r\n");
    const std::string second = "GET / HTTP/1.0\r\n\r\n";
    Head head;

    parse_request_head(first, 0, kManyFields, head);
    const auto result = parse_request_head(second, 0, kManyFields, head);

    ASSERT_EQ(result.state, HeadResult::State::complete);
    EXPECT_TRUE(head.fields.empty());
    EXPECT_TRUE(head.connection_options.empty());
    EXPECT_EQ(head.content_length, 0U);
    EXPECT_EQ(head.framing, Framing::none);
    EXPECT_FALSE(head.expects_continue);
    EXPECT_EQ(head.host.data(), nullptr);
}

TEST(RequestHead, ExpectsContinueFromAnHttp11ClientOnly) {
    const auto from_11 = ParsedHead::request(request_with("Expect: 100-Continue\r\n"));
    const auto from_10 = ParsedHead::request(request_with("Expect: 100-continue\r\n", "HTTP/1.0"));

    EXPECT_TRUE(from_11.head.expects_continue);
    EXPECT_FALSE(from_10.head.expects_continue);
}

TEST(ResponseHead, GivesStatusAndReasonAsWritten) {
    const auto parsed = ParsedHead::response("HTTP/1.0 404 Not  \tFound\r\nA: b\r\n\r\n");

    ASSERT_TRUE(parsed.complete());
    EXPECT_EQ(parsed.head.status, 404);
    EXPECT_EQ(parsed.head.reason, "Not  \tFound");
    EXPECT_EQ(parsed.head.minor_version, 0);
    EXPECT_EQ(parsed.head.start_line, "HTTP/1.0 404 Not  \tFound\r\n");
}

TEST(ResponseHead, MayLeaveOutTheReason) {
    for (const std::string_view bytes : {"HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n"}) {
        const auto parsed = ParsedHead::response(bytes);

        ASSERT_TRUE(parsed.complete()) << bytes;
        EXPECT_EQ(parsed.head.status, 200);
        EXPECT_EQ(parsed.head.reason, "");
    }
}

TEST(ResponseHead, RefusesWhatIsNoStatusLine) {
    struct Row {
        std::string_view line;
        HeadError error;
    };
    for (const Row& row : {
             Row{"HTTP/1.1 99", HeadError::bad_status_line},
             Row{"HTTP/1.1 099 OK", HeadError::bad_status_line},
             Row{"HTTP/1.1 2000 OK", HeadError::bad_status_line},
             Row{"HTTP/1.1  200 OK", HeadError::bad_status_line},
             Row{"HTTP/1.1 200\tOK", HeadError::bad_status_line},
             Row{"HTTP/1.1 2x0 OK", HeadError::bad_status_line},
             Row{"HTTP/1.10 200 OK", HeadError::bad_status_line},
             Row{"http/1.1 200 OK", HeadError::bad_status_line},
             Row{"ICY 200 OK", HeadError::bad_status_line},
             Row{"", HeadError::bad_status_line},
             Row{"HTTP/2.0 200 OK", HeadError::bad_version},
             Row{"HTTP/0.9 200 OK", HeadError::bad_version},
         }) {
        const auto parsed = ParsedHead::response(std::string(row.line) + "\r\n\r\n");

        EXPECT_EQ(parsed.result.error, row.error) << row.line;
    }
}

TEST(HeadErrorText, IsASentenceForEveryError) {
    for (int code = 0; code <= static_cast<int>(HeadError::bad_connection); ++code) {
        EXPECT_NE(to_text(static_cast<HeadError>(code)), "unknown error") << code;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
