#include <gtest/gtest.h>

#include "proxy/http/message_head.hpp"
#include "tests/proxy/http/head_samples.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

std::string rewritten(
    std::string_view bytes, std::string_view path = "/b", std::string_view authority = "a.example"
) {
    const auto parsed = ParsedHead::request(bytes);
    EXPECT_TRUE(parsed.complete()) << bytes;
    std::string out = "left over";
    write_request_head(parsed.head, path, authority, out);
    return out;
}

TEST(WriteRequestHead, KeepsOrderAndCaseAndAppendsVia) {
    const std::string out = rewritten(
        "GET http://a.example/b HTTP/1.1\r\n"
        "x-ONE:1\r\nhOST: a.example\r\nX-two:  2 \r\nVia: 1.0 before\r\n\r\n"
    );

    EXPECT_EQ(
        out,
        "GET /b HTTP/1.1\r\n"
        "x-ONE:1\r\nhOST: a.example\r\nX-two:  2 \r\nVia: 1.0 before\r\n"
        "Via: 1.1 countersign\r\n\r\n"
    );
}

TEST(WriteRequestHead, WritesHostInItsPlaceAsTheDestinationSays) {
    const std::string out = rewritten(
        "GET http://a.example:8443/b HTTP/1.1\r\nA: 1\r\nhost: evil.example\r\nB: 2\r\n\r\n", "/b",
        "a.example:8443"
    );

    EXPECT_EQ(
        out,
        "GET /b HTTP/1.1\r\nA: 1\r\nhost: a.example:8443\r\nB: 2\r\n"
        "Via: 1.1 countersign\r\n\r\n"
    );
}

TEST(WriteRequestHead, PutsHostFirstWhereThereWasNoneAndSaysTheClientsVersion) {
    const std::string with_field = rewritten("GET http://a.example/b HTTP/1.0\r\nA: 1\r\n\r\n");
    const std::string without = rewritten("GET http://a.example/b HTTP/1.0\r\n\r\n");

    EXPECT_EQ(
        with_field, "GET /b HTTP/1.1\r\nHost: a.example\r\nA: 1\r\nVia: 1.0 countersign\r\n\r\n"
    );
    EXPECT_EQ(without, "GET /b HTTP/1.1\r\nHost: a.example\r\nVia: 1.0 countersign\r\n\r\n");
}

TEST(WriteRequestHead, PutsASlashBeforeAQueryWithoutPath) {
    const std::string out = rewritten("GET http://a.example?c HTTP/1.1\r\nHost: x\r\n\r\n", "?c");

    EXPECT_EQ(out, "GET /?c HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 countersign\r\n\r\n");
}

TEST(WriteRequestHead, LeavesOutOrMendsAField) {
    struct Row {
        std::string_view name;
        std::string_view came;
        std::string_view goes;
    };
    for (const Row& row : {
             Row{"connection and what it lists",
                 "A: 1\r\nConnection: close, x-HOP, Trailer\r\nX-Hop: 2\r\nTrailer: C\r\nB: 3\r\n",
                 "A: 1\r\nB: 3\r\n"},
             Row{"listed twice", "X-Hop: 1\r\nX-Hop: 2\r\nConnection: x-hop\r\n", ""},
             Row{"keep-alive", "Keep-Alive: timeout=5\r\nA: 1\r\n", "A: 1\r\n"},
             Row{"proxy-connection", "A: 1\r\nProxy-Connection: keep-alive\r\n", "A: 1\r\n"},
             Row{"proxy-authorization", "Proxy-Authorization: Basic eDp5\r\n", ""},
             Row{"te", "TE: gzip\r\n", ""},
             Row{"upgrade to HTTP/2", "Connection: upgrade\r\nUpgrade: h2c\r\n", ""},
             Row{"neighbours", "TE: a\r\nKeep-Alive: b\r\nA: 1\r\nTE: c\r\n", "A: 1\r\n"},
             Row{"trailer stays", "Trailer: X\r\n", "Trailer: X\r\n"},
             Row{"chunked stays", "Transfer-Encoding: chunked\r\n",
                 "Transfer-Encoding: chunked\r\n"},
             Row{"chunked as all write it", "transfer-Encoding:  Chunked\r\n",
                 "transfer-Encoding: chunked\r\n"},
             Row{"expect stays", "Expect: 100-continue\r\n", "Expect: 100-continue\r\n"},
             Row{"authorization stays", "Authorization: Basic eDp5\r\n",
                 "Authorization: Basic eDp5\r\n"},
             Row{"length stays", "content-length:  5\r\n", "content-length:  5\r\n"},
             Row{"length once",
                 "A: 1\r\nContent-Length: 5\r\nB: 2\r\nContent-Length: 5\r\nC: 3\r\n",
                 "A: 1\r\nContent-Length: 5\r\nB: 2\r\nC: 3\r\n"},
             Row{"length in plain", "CONTENT-length: 0005\r\n", "CONTENT-length: 5\r\n"},
         }) {
        const std::string out =
            rewritten("GET /b HTTP/1.1\r\nHost: a.example\r\n" + std::string(row.came) + "\r\n");

        EXPECT_EQ(
            out, "GET /b HTTP/1.1\r\nHost: a.example\r\n" + std::string(row.goes) +
                     "Via: 1.1 countersign\r\n\r\n"
        ) << row.name;
    }
}

TEST(WriteRequestHead, CountsTheForwardsOfOptionsAndTrace) {
    struct Row {
        std::string_view method;
        std::string_view came;
        std::string_view goes;
    };
    for (const Row& row : {
             Row{"OPTIONS", "max-forwards: 010\r\n", "max-forwards: 9\r\n"},
             Row{"TRACE", "Max-Forwards: 1\r\n", "Max-Forwards: 0\r\n"},
             Row{"TRACE", "Max-Forwards: 3\r\nMax-Forwards: 2\r\n",
                 "Max-Forwards: 1\r\nMax-Forwards: 1\r\n"},
             Row{"TRACE", "Max-Forwards: many\r\n", "Max-Forwards: many\r\n"},
             Row{"GET", "Max-Forwards: 2\r\n", "Max-Forwards: 2\r\n"},
             Row{"trace", "Max-Forwards: 2\r\n", "Max-Forwards: 2\r\n"},
         }) {
        const std::string line = std::string{row.method} + " /b HTTP/1.1\r\nHost: a.example\r\n";

        EXPECT_EQ(
            rewritten(line + std::string{row.came} + "\r\n"),
            line + std::string{row.goes} + "Via: 1.1 countersign\r\n\r\n"
        );
    }
}

TEST(WriteRequestHead, CallsTheProxyByItsName) {
    const auto parsed = ParsedHead::request(request_with("Via: 1.1 countersign-1\r\n"));
    std::string out;

    write_request_head(parsed.head, "/a", "a.example", out, nullptr, {}, via_line("countersign-2"));

    EXPECT_NE(out.find("Via: 1.1 countersign-1\r\nVia: 1.1 countersign-2\r\n"), out.npos) << out;
}

TEST(WriteRequestHead, DropsExpectOfAnHttp10Client) {
    const std::string out =
        rewritten("GET /b HTTP/1.0\r\nHost: a.example\r\nExpect: 100-continue\r\n\r\n");

    EXPECT_EQ(out, "GET /b HTTP/1.1\r\nHost: a.example\r\nVia: 1.0 countersign\r\n\r\n");
}

TEST(WriteRequestHead, WritesWhatReadsBackWithTheSameFraming) {
    for (const HeadSample& sample : kRequestSamples) {
        const auto before = ParsedHead::request(sample.bytes);

        const auto after = ParsedHead::request(rewritten(sample.bytes));

        ASSERT_TRUE(after.complete()) << sample.name;
        EXPECT_EQ(after.head.method, before.head.method) << sample.name;
        EXPECT_EQ(after.head.target, "/b") << sample.name;
        EXPECT_EQ(after.head.host, "a.example") << sample.name;
        EXPECT_EQ(after.head.framing, before.head.framing) << sample.name;
        EXPECT_EQ(after.head.content_length, before.head.content_length) << sample.name;
    }
}

TEST(WriteRequestHead, PutsIdsThatTheProxyMakesBehindTheFields) {
    const auto parsed = ParsedHead::request(request_with("A: 1\r\nX-Request-Id: of it\r\n"));
    std::string out;

    write_request_head(parsed.head, "/a", "a.example", out, nullptr, {"made", "00-1-2-01"});

    EXPECT_EQ(
        out,
        "POST /a HTTP/1.1\r\nHost: a.example\r\nA: 1\r\nX-Request-Id: of it\r\n"
        "traceparent: 00-1-2-01\r\nX-Request-Id: made\r\nVia: 1.1 countersign\r\n\r\n"
    );
}

TEST(WriteRequestHead, PutsATraceInThePlaceOfWhatWasNone) {
    const auto parsed = ParsedHead::request(request_with(
        "traceparent: x\r\nA: 1\r\nTRACESTATE: b=1\r\ntraceparent: y\r\ntracestate: c=1\r\n"
    ));
    std::string made;
    std::string passed;

    write_request_head(parsed.head, "/a", "a.example", made, nullptr, {{}, "00-1-2-01"});
    write_request_head(parsed.head, "/a", "a.example", passed, nullptr, {"made", {}});

    EXPECT_EQ(
        made,
        "POST /a HTTP/1.1\r\nHost: a.example\r\nA: 1\r\n"
        "traceparent: 00-1-2-01\r\nVia: 1.1 countersign\r\n\r\n"
    );
    EXPECT_NE(passed.find("traceparent: x\r\nA: 1\r\nTRACESTATE: b=1\r\n"), passed.npos) << passed;
}

}  // namespace
}  // namespace countersign::proxy::http
