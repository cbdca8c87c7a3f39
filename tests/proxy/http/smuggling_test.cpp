#include <gtest/gtest.h>

#include "proxy/http/head_reader.hpp"
#include "tests/proxy/http/parsed_head.hpp"

// Messages that two readers could read in two ways (RFC 9112 11.2). Each is refused, with its
// reason: none is repaired, because the repair is where the readers differ.

namespace countersign::proxy::http {
namespace {

using namespace std::string_literals;

struct Row {
    std::string name;
    std::string bytes;
    HeadError error;
};

std::string text_of(const testing::TestParamInfo<Row>& info) { return info.param.name; }
void PrintTo(const Row& row, std::ostream* out) { *out << testing::PrintToString(row.bytes); }

Row with(std::string name, std::string_view fields, HeadError error) {
    return {std::move(name), request_with(fields), error};
}

Row line(std::string name, std::string_view start, HeadError error) {
    return {std::move(name), std::string(start) + "\r\nHost: a.example\r\n\r\n", error};
}

class AmbiguousRequest : public testing::TestWithParam<Row> {};

TEST_P(AmbiguousRequest, IsRefusedWithItsReason) {
    const auto parsed = ParsedHead::request(GetParam().bytes);

    EXPECT_EQ(parsed.result.state, HeadResult::State::invalid);
    EXPECT_EQ(to_text(parsed.result.error), to_text(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    RequestLine, AmbiguousRequest,
    testing::Values(
        line("TwoSpacesBeforeTarget", "GET  / HTTP/1.1", HeadError::bad_request_line),
        line("TwoSpacesBeforeVersion", "GET /  HTTP/1.1", HeadError::bad_request_line),
        line("SpaceAtTheEnd", "GET / HTTP/1.1 ", HeadError::bad_request_line),
        line("SpaceAtTheFront", " GET / HTTP/1.1", HeadError::bad_request_line),
        line("TabsForSpaces", "GET\t/\tHTTP/1.1", HeadError::bad_request_line),
        line("SpaceInTarget", "GET /a b HTTP/1.1", HeadError::blank_in_target),
        line(
            "SpacesInTarget", "GET http://a.example/?q=a b c HTTP/1.1", HeadError::blank_in_target
        ),
        line("TabInTarget", "GET /a\tb HTTP/1.1", HeadError::bad_request_line),
        line("NoVersion", "GET /", HeadError::bad_request_line),
        line("NoTarget", "GET HTTP/1.1", HeadError::bad_request_line),
        line("EmptyLine", "", HeadError::bad_request_line),
        line("MethodNoToken", "G(T / HTTP/1.1", HeadError::bad_request_line),
        line("TargetNotAscii", "GET /\xc3\xa4 HTTP/1.1", HeadError::beyond_ascii_target),
        line("TargetNotAsciiAndASpace", "GET /a \xc3\xa4 HTTP/1.1", HeadError::beyond_ascii_target),
        line("ControlInTarget", "GET /a\x01 HTTP/1.1", HeadError::bad_request_line),
        line("DelInTarget", "GET /a\x7f HTTP/1.1", HeadError::bad_request_line),
        line("NulInTarget", "GET /a\0 HTTP/1.1"s, HeadError::bad_request_line),
        line("VersionInLowerCase", "GET / http/1.1", HeadError::bad_request_line),
        line("VersionOfTwoDigits", "GET / HTTP/1.10", HeadError::bad_request_line),
        line("VersionWithoutMinor", "GET / HTTP/1", HeadError::bad_request_line),
        line("VersionTwo", "GET / HTTP/2.0", HeadError::bad_version),
        line("VersionNought", "GET / HTTP/0.9", HeadError::bad_version)
    ),
    text_of
);

INSTANTIATE_TEST_SUITE_P(
    LineEnds, AmbiguousRequest,
    testing::Values(
        Row{"BareLfAfterRequestLine", "GET / HTTP/1.1\nHost: a\r\n\r\n", HeadError::bare_line_end},
        Row{"BareCrAfterRequestLine", "GET / HTTP/1.1\rHost: a\r\n\r\n", HeadError::bare_line_end},
        Row{"CrCrLf", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", HeadError::bare_line_end},
        Row{"EmptyLineOfBareLf", "GET / HTTP/1.1\r\nHost: a\r\n\n", HeadError::bare_line_end},
        with("BareLfInValue", "A: b\nTransfer-Encoding: chunked\r\n", HeadError::bare_line_end),
        with("BareCrInValue", "A: b\rTransfer-Encoding: chunked\r\n", HeadError::bare_line_end),
        with("BareCrInName", "A\r: b\r\n", HeadError::bare_line_end),
        with("Folded", "A: b\r\n c\r\n", HeadError::folded_line),
        with("FoldedByTab", "Transfer-Encoding:\r\n\tchunked\r\n", HeadError::folded_line),
        Row{"FoldedRequestLine", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", HeadError::folded_line},
        with("LineOfBlanks", "A: b\r\n \r\n", HeadError::folded_line)
    ),
    text_of
);

INSTANTIATE_TEST_SUITE_P(
    FieldLines, AmbiguousRequest,
    testing::Values(
        with("SpaceBeforeColon", "Content-Length : 5\r\n", HeadError::bad_field_name),
        with("TabBeforeColon", "Transfer-Encoding\t: chunked\r\n", HeadError::bad_field_name),
        with("EmptyName", ": 5\r\n", HeadError::bad_field_name),
        with("NoColon", "Content-Length 5\r\n", HeadError::bad_field_name),
        with("NameNotAscii", "Content-Length\xa0: 5\r\n", HeadError::bad_field_name),
        with("NameWithParentheses", "A(b): 5\r\n", HeadError::bad_field_name),
        with("NulInValue", "A: b\0c\r\n"s, HeadError::bad_field_value),
        with("NulInName", "A\0: b\r\n"s, HeadError::bad_field_value),
        with("VerticalTab", "Transfer-Encoding: \vchunked\r\n", HeadError::bad_field_value),
        with("FormFeed", "Transfer-Encoding: chunked\f\r\n", HeadError::bad_field_value),
        with("Backspace", "A: b\bc\r\n", HeadError::bad_field_value),
        with("Del", "A: b\x7f\r\n", HeadError::bad_field_value)
    ),
    text_of
);

INSTANTIATE_TEST_SUITE_P(
    ContentLength, AmbiguousRequest,
    testing::Values(
        with("Differing", "Content-Length: 5\r\nContent-Length: 6\r\n", HeadError::two_lengths),
        with("ListOfEquals", "Content-Length: 5, 5\r\n", HeadError::two_lengths),
        with("ListThatDiffers", "Content-Length: 5, 6\r\n", HeadError::two_lengths),
        with("TrailingComma", "Content-Length: 5,\r\n", HeadError::two_lengths),
        with("Plus", "Content-Length: +5\r\n", HeadError::bad_content_length),
        with("Minus", "Content-Length: -5\r\n", HeadError::bad_content_length),
        with("Hexadecimal", "Content-Length: 0x5\r\n", HeadError::bad_content_length),
        with("SpaceInside", "Content-Length: 1 0\r\n", HeadError::bad_content_length),
        with("Empty", "Content-Length:\r\n", HeadError::bad_content_length),
        with("Fraction", "Content-Length: 5.0\r\n", HeadError::bad_content_length),
        with("Exponent", "Content-Length: 1e3\r\n", HeadError::bad_content_length),
        with("Quoted", "Content-Length: \"5\"\r\n", HeadError::bad_content_length),
        with("NoBreakSpace", "Content-Length: \xa0"s + "5\r\n", HeadError::bad_content_length),
        with(
            "TwoToThe63", "Content-Length: 9223372036854775808\r\n", HeadError::bad_content_length
        ),
        with(
            "TwoToThe64", "Content-Length: 18446744073709551616\r\n", HeadError::bad_content_length
        ),
        with(
            "VeryLong", "Content-Length: 100000000000000000000000000000000000000005\r\n",
            HeadError::bad_content_length
        )
    ),
    text_of
);

INSTANTIATE_TEST_SUITE_P(
    TransferEncoding, AmbiguousRequest,
    testing::Values(
        with(
            "LengthThenChunked", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            HeadError::two_framings
        ),
        with(
            "ChunkedThenLength", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            HeadError::two_framings
        ),
        with(
            "ChunkedAndLengthNought", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
            HeadError::two_framings
        ),
        with(
            "Twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            HeadError::bad_transfer_encoding
        ),
        with(
            "TwiceInAList", "Transfer-Encoding: chunked, chunked\r\n",
            HeadError::bad_transfer_encoding
        ),
        with("Gzip", "Transfer-Encoding: gzip, chunked\r\n", HeadError::bad_transfer_encoding),
        with(
            "ChunkedNotLast", "Transfer-Encoding: chunked, gzip\r\n",
            HeadError::bad_transfer_encoding
        ),
        with("Identity", "Transfer-Encoding: identity\r\n", HeadError::bad_transfer_encoding),
        with(
            "IdentityThenChunked", "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
            HeadError::bad_transfer_encoding
        ),
        with("Misspelt", "Transfer-Encoding: xchunked\r\n", HeadError::bad_transfer_encoding),
        with("Quoted", "Transfer-Encoding: \"chunked\"\r\n", HeadError::bad_transfer_encoding),
        with("Parameter", "Transfer-Encoding: chunked;a=b\r\n", HeadError::bad_transfer_encoding),
        with("LeadingComma", "Transfer-Encoding: ,chunked\r\n", HeadError::bad_transfer_encoding),
        with("Empty", "Transfer-Encoding:\r\n", HeadError::bad_transfer_encoding),
        Row{"InHttp10", request_with("Transfer-Encoding: chunked\r\n", "HTTP/1.0"),
            HeadError::bad_transfer_encoding}
    ),
    text_of
);

INSTANTIATE_TEST_SUITE_P(
    HostAndConnection, AmbiguousRequest,
    testing::Values(
        Row{"NoHost", "GET / HTTP/1.1\r\nA: b\r\n\r\n", HeadError::missing_host},
        with("TwoHosts", "Host: other.example\r\n", HeadError::bad_host),
        with("TwoHostsThatAgree", "Host: api.partner.example\r\n", HeadError::bad_host),
        with("ConnectionDropsHost", "Connection: Host\r\n", HeadError::bad_connection),
        with(
            "ConnectionDropsLength", "Content-Length: 5\r\nConnection: Content-Length\r\n",
            HeadError::bad_connection
        ),
        with(
            "ConnectionDropsChunked",
            "Transfer-Encoding: chunked\r\nConnection: close, transfer-encoding\r\n",
            HeadError::bad_connection
        ),
        with("ConnectionNoToken", "Connection: keep alive\r\n", HeadError::bad_connection),
        with("ConnectionQuoted", "Connection: \"close\"\r\n", HeadError::bad_connection)
    ),
    text_of
);

class AmbiguousResponse : public testing::TestWithParam<Row> {};

TEST_P(AmbiguousResponse, IsRefusedWithItsReason) {
    const auto parsed = ParsedHead::response(GetParam().bytes);

    EXPECT_EQ(parsed.result.state, HeadResult::State::invalid);
    EXPECT_EQ(to_text(parsed.result.error), to_text(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Framing, AmbiguousResponse,
    testing::Values(
        Row{"TwoFramings", response_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
            HeadError::two_framings},
        Row{"LengthsThatDiffer", response_with("Content-Length: 5\r\nContent-Length: 6\r\n"),
            HeadError::two_lengths},
        Row{"ListThatDiffers", response_with("Content-Length: 5, 6\r\n"), HeadError::two_lengths},
        Row{"ListWithAGap", response_with("Content-Length: 5,,5\r\n"),
            HeadError::bad_content_length},
        Row{"Gzip", response_with("Transfer-Encoding: gzip\r\n"), HeadError::bad_transfer_encoding},
        Row{"ChunkedInHttp10", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            HeadError::bad_transfer_encoding},
        Row{"BareLf", "HTTP/1.1 200 OK\nContent-Length: 5\n\n", HeadError::bare_line_end},
        Row{"BareCrInReason", "HTTP/1.1 200 O\rK\r\n\r\n", HeadError::bare_line_end},
        Row{"NulInReason", "HTTP/1.1 200 O\0K\r\n\r\n"s, HeadError::bad_status_line},
        Row{"SpaceBeforeColon", response_with("Content-Length : 5\r\n"), HeadError::bad_field_name},
        Row{"Folded", response_with("A: b\r\n c\r\n"), HeadError::folded_line}
    ),
    text_of
);

}  // namespace
}  // namespace countersign::proxy::http
