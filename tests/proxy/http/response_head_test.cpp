#include <gtest/gtest.h>

#include "proxy/http/message_head.hpp"
#include "tests/proxy/http/head_samples.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

struct Client {
    std::uint8_t minor_version = 1;
    bool keep_alive = true;
};

std::string rewritten(std::string_view bytes, Client client = {}, bool to_head_request = false) {
    const auto parsed = ParsedHead::response(bytes, to_head_request);
    EXPECT_TRUE(parsed.complete()) << bytes;
    std::string out = "left over";
    const ResponseFraming framing = response_framing(parsed.head, client.minor_version);
    write_response_head(parsed.head, framing, client.minor_version, client.keep_alive, out);
    return out;
}

TEST(WriteResponseHead, KeepsOrderAndCaseAndAppendsVia) {
    const std::string out = rewritten(
        "HTTP/1.1 404 Not  found\r\nserver:x\r\ncontent-LENGTH: 3\r\nVia: 1.1 edge\r\n\r\n"
    );

    EXPECT_EQ(
        out,
        "HTTP/1.1 404 Not  found\r\nserver:x\r\ncontent-LENGTH: 3\r\nVia: 1.1 edge\r\n"
        "Via: 1.1 countersign\r\n\r\n"
    );
}

TEST(WriteResponseHead, TellsAStatusThatIsNotItsOwnFromOneThatAnotherProxyHasMade) {
    const std::string out = rewritten(
        "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: countersign; error=dns_error\r\n"
        "Content-Length: 0\r\n\r\n"
    );

    EXPECT_EQ(
        out,
        "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: countersign; error=dns_error\r\n"
        "Content-Length: 0\r\nVia: 1.1 countersign\r\n"
        "Proxy-Status: countersign; received-status=502\r\n\r\n"
    );
}

TEST(WriteResponseHead, SaysTheIdentityAndLeavesOutWhatTheServerSaysOfIt) {
    const auto parsed = ParsedHead::response(
        "HTTP/1.1 204 No Content\r\nCOUNTERSIGN-identity: a1\r\nA: 1\r\n\r\n", false
    );
    std::string silent;
    std::string told;
    write_response_head(parsed.head, ResponseFraming::as_is, 1, true, silent);
    write_response_head(
        parsed.head, ResponseFraming::as_is, 1, true, told, {.rewrite = nullptr, .identity = "b2"}
    );

    EXPECT_EQ(silent, "HTTP/1.1 204 No Content\r\nA: 1\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(
        told,
        "HTTP/1.1 204 No Content\r\nA: 1\r\nVia: 1.1 countersign\r\n"
        "Countersign-Identity: b2\r\n\r\n"
    );
}

TEST(WriteResponseHead, FramesTheBodyForTheClient) {
    constexpr Client kOld{.minor_version = 0, .keep_alive = false};
    constexpr Client kNew{};
    struct Row {
        std::string_view name;
        std::string_view came;
        Client client;
        std::string_view goes;
    };
    for (const Row& row : {
             Row{"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", kNew,
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"},
             Row{"length, old client", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", kOld,
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"
                 "Connection: close\r\n"},
             Row{"length, old client that is kept", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                 Client{.minor_version = 0, .keep_alive = true},
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"
                 "Connection: keep-alive\r\n"},
             Row{"chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\nA: 1\r\n", kNew,
                 "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nA: 1\r\n"
                 "Via: 1.1 countersign\r\n"},
             Row{"chunked, old client", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\n",
                 kOld, "HTTP/1.1 200 OK\r\nA: 1\r\nVia: 1.1 countersign\r\nConnection: close\r\n"},
             Row{"until close", "HTTP/1.0 200 OK\r\nA: 1\r\n", kNew,
                 "HTTP/1.1 200 OK\r\nA: 1\r\nVia: 1.0 countersign\r\n"
                 "Transfer-Encoding: chunked\r\n"},
             Row{"until close, old client", "HTTP/1.0 200 OK\r\n", kOld,
                 "HTTP/1.1 200 OK\r\nVia: 1.0 countersign\r\nConnection: close\r\n"},
             Row{"last on its connection", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
                 Client{.minor_version = 1, .keep_alive = false},
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"
                 "Connection: close\r\n"},
             Row{"no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n", kNew,
                 "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n"},
             Row{"chunks that never come", "HTTP/1.1 204 None\r\nTransfer-Encoding: chunked\r\n",
                 kNew, "HTTP/1.1 204 None\r\nVia: 1.1 countersign\r\n"},
             Row{"a length that never comes", "HTTP/1.1 204 None\r\nContent-Length: 3\r\n", kNew,
                 "HTTP/1.1 204 None\r\nVia: 1.1 countersign\r\n"},
             Row{"nought that is true", "HTTP/1.1 204 None\r\nContent-Length: 0\r\n", kNew,
                 "HTTP/1.1 204 None\r\nContent-Length: 0\r\nVia: 1.1 countersign\r\n"},
             Row{"asks for NTLM",
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n", kNew,
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n"
                 "Via: 1.1 countersign\r\nProxy-Support: Session-Based-Authentication\r\n"
                 "Connection: Proxy-Support\r\n"},
             Row{"asks for NTLM on a connection that ends",
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n",
                 Client{.minor_version = 1, .keep_alive = false},
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n"
                 "Via: 1.1 countersign\r\nConnection: close\r\n"},
             Row{"asks for Basic",
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n", kNew,
                 "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n"
                 "Via: 1.1 countersign\r\n"},
             Row{"interim", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n",
                 Client{.minor_version = 1, .keep_alive = false},
                 "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nVia: 1.1 countersign\r\n"},
         }) {
        const std::string out = rewritten(std::string(row.came) + "\r\n", row.client);

        EXPECT_EQ(out, std::string(row.goes) + "\r\n") << row.name;
    }
}

TEST(WriteResponseHead, KeepsTheLengthThatHeadAskedFor) {
    const std::string length =
        rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Client{}, true);
    const std::string chunked =
        rewritten("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Client{}, true);

    EXPECT_EQ(length, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(chunked, "HTTP/1.1 200 OK\r\nVia: 1.1 countersign\r\n\r\n");
}

TEST(WriteResponseHead, LeavesOutOrMendsAField) {
    struct Row {
        std::string_view name;
        std::string_view came;
        std::string_view goes;
    };
    for (const Row& row : {
             Row{"connection and what it lists",
                 "A: 1\r\nConnection: X-Hop\r\nx-hop: 2\r\nB: 3\r\n", "A: 1\r\nB: 3\r\n"},
             Row{"keep-alive", "Keep-Alive: timeout=5\r\n", ""},
             Row{"proxy-connection", "Proxy-Connection: keep-alive\r\n", ""},
             Row{"proxy-authenticate", "Proxy-Authenticate: Basic\r\nWWW-Authenticate: Basic\r\n",
                 "WWW-Authenticate: Basic\r\n"},
             Row{"upgrade", "Connection: upgrade\r\nUpgrade: h2c\r\n", ""},
             Row{"protected from connection", "Set-Cookie: a\r\nConnection: Set-Cookie\r\n",
                 "Set-Cookie: a\r\n"},
             Row{"trailer stays", "Trailer: X\r\n", "Trailer: X\r\n"},
         }) {
        const std::string out =
            rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + std::string(row.came) + "\r\n");

        EXPECT_EQ(
            out, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + std::string(row.goes) +
                     "Via: 1.1 countersign\r\n\r\n"
        ) << row.name;
    }
}

TEST(WriteResponseHead, SaysALengthOnceAndPlainly) {
    const std::string list = rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nA: 1\r\n\r\n");
    const std::string lines =
        rewritten("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n");

    EXPECT_EQ(list, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nA: 1\r\nVia: 1.1 countersign\r\n\r\n");
    EXPECT_EQ(lines, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nVia: 1.1 countersign\r\n\r\n");
}

TEST(WriteResponseHead, WritesWhatReadsBackWithTheSameFraming) {
    for (const HeadSample& sample : kResponseSamples) {
        const auto before = ParsedHead::response(sample.bytes);

        const auto after = ParsedHead::response(rewritten(sample.bytes));

        ASSERT_TRUE(after.complete()) << sample.name;
        EXPECT_EQ(after.head.status, before.head.status) << sample.name;
        EXPECT_EQ(after.head.reason, before.head.reason) << sample.name;
        const Framing expected =
            before.head.framing == Framing::until_close ? Framing::chunked : before.head.framing;
        EXPECT_EQ(after.head.framing, expected) << sample.name;
        EXPECT_EQ(after.head.content_length, before.head.content_length) << sample.name;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
