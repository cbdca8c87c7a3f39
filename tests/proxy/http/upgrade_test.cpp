#include "proxy/http/upgrade.hpp"

#include <gtest/gtest.h>

#include "proxy/http/message_head.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

std::string get_with(std::string_view fields, std::string_view version = "HTTP/1.1") {
    return "GET /chat " + std::string{version} + "\r\nHost: a.example\r\n" + std::string{fields} +
           "\r\n";
}

TEST(Upgrade, IsPassedOnWithAConnectionOfThisHop) {
    const auto parsed = ParsedHead::request(
        get_with("Connection: keep-alive, Upgrade, X-Hop\r\nUpgrade: WebSocket\r\nX-Hop: 1\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
    );
    ASSERT_TRUE(parsed.complete());
    std::string out;

    write_request_head(parsed.head, "/chat", "a.example", out);

    EXPECT_EQ(parsed.head.upgrade, "WebSocket");
    EXPECT_EQ(
        out,
        "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: WebSocket\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Via: 1.1 countersign\r\nConnection: Upgrade\r\n\r\n"
    );
}

TEST(Upgrade, IsWantedWhereTheRequestSaysSoPlainly) {
    struct Row {
        std::string_view name;
        std::string bytes;
        std::string_view wanted;
    };
    const std::string both = "Connection: upgrade\r\nUpgrade: websocket\r\n";
    for (const Row& row : {
             Row{"one", get_with(both), "websocket"},
             Row{"a list with a version",
                 get_with("Connection: upgrade\r\nUpgrade: IRC/6.9, a\r\n"), "IRC/6.9, a"},
             Row{"a length of none", get_with(both + "Content-Length: 0\r\n"), "websocket"},
             Row{"not in Connection", get_with("Upgrade: websocket\r\n"), ""},
             Row{"in Connection alone", get_with("Connection: upgrade\r\n"), ""},
             Row{"HTTP/1.0", get_with(both, "HTTP/1.0"), ""},
             Row{"a body", get_with(both + "Content-Length: 1\r\n"), ""},
             Row{"a chunked body", get_with(both + "Transfer-Encoding: chunked\r\n"), ""},
             Row{"several fields", get_with(both + "Upgrade: websocket\r\n"), ""},
             Row{"empty", get_with("Connection: upgrade\r\nUpgrade: \r\n"), ""},
             Row{"an empty element", get_with("Connection: upgrade\r\nUpgrade: a,\r\n"), ""},
             Row{"no token", get_with("Connection: upgrade\r\nUpgrade: web socket\r\n"), ""},
             Row{"no version", get_with("Connection: upgrade\r\nUpgrade: a/\r\n"), ""},
             Row{"Java's",
                 get_with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                          "HTTP2-Settings: AAEAAEAA\r\n"),
                 ""},
             Row{"an older h2c", get_with("Connection: upgrade\r\nUpgrade: h2c-14\r\n"), ""},
             Row{"HTTP", get_with("Connection: upgrade\r\nUpgrade: HTTP/2.0\r\n"), ""},
             Row{"h2c among others", get_with("Connection: upgrade\r\nUpgrade: a, H2C\r\n"), ""},
         }) {
        const auto parsed = ParsedHead::request(row.bytes);
        ASSERT_TRUE(parsed.complete()) << row.name;
        std::string out;

        write_request_head(parsed.head, "/", "a.example", out);

        EXPECT_EQ(parsed.head.upgrade, row.wanted) << row.name;
        EXPECT_EQ(out.find("pgrade") != std::string::npos, !row.wanted.empty()) << row.name << out;
    }
}

TEST(Upgrade, IsOfA101Alone) {
    const std::string fields = "Connection: upgrade\r\nUpgrade: websocket\r\nX: 1\r\n";
    const auto switched = ParsedHead::response(response_with(fields, "101 Switching Protocols"));
    const auto refused = ParsedHead::response(response_with(fields, "426 Upgrade Required"));
    ASSERT_TRUE(switched.complete());
    std::string out;

    write_response_head(switched.head, ResponseFraming::as_is, 1, true, out);

    EXPECT_EQ(switched.head.upgrade, "websocket");
    EXPECT_EQ(refused.head.upgrade, "");
    EXPECT_EQ(
        out,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX: 1\r\n"
        "Via: 1.1 countersign\r\nConnection: Upgrade\r\n\r\n"
    );
}

TEST(Upgrade, IsToWhatWasAskedFor) {
    EXPECT_TRUE(are_among("WebSocket", "websocket"));
    EXPECT_TRUE(are_among("b, a", "a, b, c"));
    EXPECT_FALSE(are_among("a, d", "a, b, c"));
    EXPECT_FALSE(are_among("", "websocket"));
    EXPECT_FALSE(are_among("websocket,", "websocket"));
    EXPECT_FALSE(are_among("web", "websocket"));
}

}  // namespace
}  // namespace countersign::proxy::http
