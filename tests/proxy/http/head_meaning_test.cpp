#include "proxy/http/head_meaning.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

using Options = std::vector<std::string_view>;

struct FramingRow {
    std::string_view name;
    std::string bytes;
    Framing framing;
    std::uint64_t length;
};

TEST(RequestMeaning, FramesTheBodyByLengthOrChunksOrNotAtAll) {
    for (const FramingRow& row : {
             FramingRow{"nothing", request_with(""), Framing::none, 0},
             FramingRow{"zero", request_with("Content-Length: 0\r\n"), Framing::length, 0},
             FramingRow{"number", request_with("content-length:42\r\n"), Framing::length, 42},
             FramingRow{
                 "leading zeros", request_with("Content-Length: 007\r\n"), Framing::length, 7},
             FramingRow{
                 "repeated and equal", request_with("Content-Length: 5\r\nContent-Length: 5\r\n"),
                 Framing::length, 5},
             FramingRow{
                 "largest", request_with("Content-Length: 9223372036854775807\r\n"),
                 Framing::length, 9223372036854775807U},
             FramingRow{
                 "chunked", request_with("Transfer-Encoding: Chunked\r\n"), Framing::chunked, 0},
         }) {
        const auto parsed = ParsedHead::request(row.bytes);

        ASSERT_TRUE(parsed.complete()) << row.name;
        EXPECT_EQ(parsed.head.framing, row.framing) << row.name;
        EXPECT_EQ(parsed.head.content_length, row.length) << row.name;
    }
}

TEST(ResponseMeaning, FramesTheBodyAsRfc9112Section6_3Says) {
    for (const FramingRow& row : {
             FramingRow{"until close", response_with(""), Framing::until_close, 0},
             FramingRow{"length", response_with("Content-Length: 4\r\n"), Framing::length, 4},
             FramingRow{
                 "list of equals", response_with("Content-Length: 4, 4\r\n"), Framing::length, 4},
             FramingRow{
                 "chunked", response_with("Transfer-Encoding: chunked\r\n"), Framing::chunked, 0},
             FramingRow{"204", response_with("", "204 No Content"), Framing::none, 0},
             FramingRow{"205", response_with("", "205 Reset Content"), Framing::until_close, 0},
             FramingRow{
                 "304", response_with("Content-Length: 9\r\n", "304 Not Modified"), Framing::none,
                 9},
             FramingRow{"100", response_with("", "100 Continue"), Framing::none, 0},
             FramingRow{"101", response_with("", "101 Switching Protocols"), Framing::none, 0},
         }) {
        const auto parsed = ParsedHead::response(row.bytes);

        ASSERT_TRUE(parsed.complete()) << row.name;
        EXPECT_EQ(parsed.head.framing, row.framing) << row.name;
        EXPECT_EQ(parsed.head.content_length, row.length) << row.name;
    }
}

TEST(ResponseMeaning, HasNoBodyWhenHeadWasAsked) {
    const auto parsed = ParsedHead::response(response_with("Content-Length: 9\r\n"), true);

    EXPECT_EQ(parsed.head.framing, Framing::none);
    EXPECT_EQ(parsed.head.content_length, 9U);
    EXPECT_TRUE(parsed.head.keep_alive);
}

TEST(RequestMeaning, KeepsTheConnectionAsVersionAndConnectionSay) {
    struct Row {
        std::string_view version;
        std::string_view fields;
        bool keep_alive;
    };
    for (const Row& row : {
             Row{"HTTP/1.1", "", true},
             Row{"HTTP/1.1", "Connection: close\r\n", false},
             Row{"HTTP/1.1", "Connection: x , CLOSE\r\n", false},
             Row{"HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
             Row{"HTTP/1.1", "Connection: keep-alive, close\r\n", false},
             Row{"HTTP/1.1", "Connection: closed\r\n", true},
             Row{"HTTP/1.1", "Proxy-Connection: close\r\n", false},
             Row{"HTTP/1.1", "Connection: ,,\r\n", true},
             Row{"HTTP/1.0", "", false},
             Row{"HTTP/1.0", "Connection: Keep-Alive\r\n", true},
             Row{"HTTP/1.0", "Proxy-Connection: Keep-Alive\r\n", true},
             Row{"HTTP/1.0", "Proxy-Connection: Keep-Alive\r\nConnection: close\r\n", false},
         }) {
        const auto parsed = ParsedHead::request(request_with(row.fields, row.version));

        ASSERT_TRUE(parsed.complete()) << row.version << ' ' << row.fields;
        EXPECT_EQ(parsed.head.keep_alive, row.keep_alive) << row.version << ' ' << row.fields;
    }
}

TEST(ResponseMeaning, KeepsNoConnectionThatEndsTheBody) {
    const auto framed = ParsedHead::response(response_with("Content-Length: 1\r\n"));
    const auto until_close = ParsedHead::response(response_with("Connection: keep-alive\r\n"));
    const auto old = ParsedHead::response("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n");
    const auto proxy_field =
        ParsedHead::response(response_with("Content-Length: 1\r\nProxy-Connection: close\r\n"));

    EXPECT_TRUE(framed.head.keep_alive);
    EXPECT_FALSE(until_close.head.keep_alive);
    EXPECT_FALSE(old.head.keep_alive);
    EXPECT_TRUE(proxy_field.head.keep_alive);
}

TEST(RequestMeaning, ListsTheOtherConnectionOptions) {
    const auto parsed = ParsedHead::request(
        request_with("Connection: TE, close\r\nConnection: HTTP2-Settings ,, X-Hop\r\n")
    );

    EXPECT_EQ(parsed.head.connection_options, (Options{"TE", "HTTP2-Settings", "X-Hop"}));
}

TEST(RequestMeaning, RefusesAConnectionOptionThatWouldTakeAwayWhatMatters) {
    for (const std::string_view option :
         {"host", "Content-Length", "Transfer-Encoding", "via", "Expect", "Authorization", "cookie",
          "Content-Type", "Cache-Control", "Forwarded", "X-Forwarded-For", "close, Host"}) {
        const auto parsed =
            ParsedHead::request(request_with("Connection: " + std::string(option) + "\r\n"));

        EXPECT_EQ(parsed.result.error, HeadError::bad_connection) << option;
    }
}

TEST(ResponseMeaning, IgnoresSuchAnOptionFromAServer) {
    const auto parsed = ParsedHead::response(
        response_with("Transfer-Encoding: chunked\r\nConnection: keep-alive, Transfer-Encoding\r\n")
    );

    ASSERT_TRUE(parsed.complete());
    EXPECT_EQ(parsed.head.framing, Framing::chunked);
    EXPECT_TRUE(parsed.head.connection_options.empty());
}

struct AuthRow {
    std::string_view name;
    std::string_view fields;
    ConnectionAuth auth;
};

constexpr auto kNone = ConnectionAuth::none;
constexpr auto kNamed = ConnectionAuth::named;
constexpr auto kToken = ConnectionAuth::with_token;

TEST(RequestMeaning, KnowsCredentialsThatAreTheConnections) {
    for (const AuthRow& row : {
             AuthRow{"nothing", "", kNone},
             AuthRow{"basic", "Authorization: Basic bnRsbTp4\r\n", kNone},
             AuthRow{"bearer of that name", "Authorization: Bearer NTLM\r\n", kNone},
             AuthRow{"ntlm", "Authorization: NTLM TlRMTVNTUAABAAAA\r\n", kToken},
             AuthRow{"in other letters", "aUTHORIZATION:ntlm\tTlRMTVNTUAABAAAA\r\n", kToken},
             AuthRow{"negotiate", "Authorization: NEGOTIATE YIIB\r\n", kToken},
             AuthRow{"without a token", "Authorization: Negotiate\r\n", kNamed},
             AuthRow{
                 "behind another", "Authorization: Basic x\r\nAuthorization: NTLM T\r\n", kToken},
             AuthRow{"longer scheme", "Authorization: NTLMv2 TlRM\r\n", kNone},
             AuthRow{"a response's field", "WWW-Authenticate: NTLM\r\n", kNone},
             AuthRow{"the proxy's own", "Proxy-Authorization: NTLM TlRM\r\n", kNone},
         }) {
        const auto parsed = ParsedHead::request(request_with(row.fields));

        ASSERT_TRUE(parsed.complete()) << row.name;
        EXPECT_EQ(parsed.head.connection_auth, row.auth) << row.name;
    }
}

TEST(ResponseMeaning, KnowsChallengesThatAreTheConnections) {
    for (const AuthRow& row : {
             AuthRow{"nothing", "", kNone},
             AuthRow{"basic", "WWW-Authenticate: Basic realm=\"ntlm\"\r\n", kNone},
             AuthRow{"ntlm", "WWW-Authenticate: NTLM\r\n", kNamed},
             AuthRow{"negotiate", "www-authenticate:negotiate\r\n", kNamed},
             AuthRow{"with a token", "WWW-Authenticate: NTLM TlRMTVNTUAACAAAA\r\n", kToken},
             AuthRow{
                 "several fields", "WWW-Authenticate: Negotiate oYIB\r\nWWW-Authenticate: NTLM\r\n",
                 kToken},
             AuthRow{
                 "list", "WWW-Authenticate: Basic realm=\"a, b\" , ,NTLM,Digest a=b\r\n", kNamed},
             AuthRow{
                 "behind a quote that does not end", "WWW-Authenticate: Basic realm=\"a, NTLM\r\n",
                 kNamed},
             AuthRow{"parameter", "WWW-Authenticate: Digest realm=x, ntlm=1\r\n", kNone},
             AuthRow{"a request's field", "Authorization: NTLM TlRM\r\n", kNone},
             AuthRow{"a proxy's", "Proxy-Authenticate: NTLM\r\n", kNone},
         }) {
        const auto parsed = ParsedHead::response(response_with(row.fields, "401 Unauthorized"));

        ASSERT_TRUE(parsed.complete()) << row.name;
        EXPECT_EQ(parsed.head.connection_auth, row.auth) << row.name;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
