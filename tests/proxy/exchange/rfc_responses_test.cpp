#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/proxy/exchange/hop.hpp"

// What RFC 9112 and RFC 9110 want of an intermediary with a response, rule by rule. What a row
// calls "not kept" stands in proxy/http/README.md, with its reason.

namespace countersign::proxy::exchange {
namespace {

using Ends = std::optional<net::IoStatus>;

struct Row {
    std::string_view rule;
    std::string says;  ///< the server
    std::string gets;  ///< the client; or the status that it is answered with. Cut short: "!"
    bool server_keeps = true;
    Ends ends = {};
};

const std::string kRequest = "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";
const std::string kPost =
    "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\n";
const std::string kUpgrade =
    "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = "Transfer-Encoding: chunked\r\n";
const std::string kLength = "Content-Length: 2\r\n";
const std::string kTwo = kOk + kLength + "\r\nok";
const std::string kChunks = "2\r\nok\r\n0\r\n\r\n";
constexpr Ends kClosed = net::IoStatus::closed;
constexpr Ends kTruncated = net::IoStatus::truncated;

std::string with(const std::string& fields) { return kOk + fields + kLength + "\r\nok"; }

std::vector<Row> to_a_get() {
    const std::string coded = "HTTP/1.1 200 OK\r\nTransfer-Encoding: ";
    return {
        {"9112 2.2 a CR without LF is invalid", with("A: b\rc\r\n"), "502", false},
        {"9112 2.2 white space between status line and fields", kOk + " " + kLength + "\r\nok",
         "502", false},
        {"9112 2.3 another major version is none of ours", "HTTP/2.0 200 OK\r\n\r\n", "502", false},
        {"9112 2.3 a later minor version is spoken to as 1.1",
         "HTTP/1.9 200 OK\r\n" + kLength + "\r\nok", kTwo},
        {"9112 2.3 the version that goes on is the proxy's own",
         "HTTP/1.0 200 OK\r\n" + kLength + "\r\nok",
         kOk + kLength + "Via: 1.0 countersign\r\n\r\nok", false},
        {"9112 4 the blank behind the status is there without a reason",
         "HTTP/1.1 200\r\n" + kLength + "\r\nok", "HTTP/1.1 200 \r\n" + kLength + "\r\nok"},
        {"9112 4 a reason passes", "HTTP/1.1 299 As we like it\r\n" + kLength + "\r\nok",
         "HTTP/1.1 299 As we like it\r\n" + kLength + "\r\nok"},
        {"9112 4 a status has three digits", "HTTP/1.1 20 OK\r\n" + kLength + "\r\nok", "502",
         false},
        {"9110 15 an unknown one passes", "HTTP/1.1 599 A\r\n" + kLength + "\r\nok",
         "HTTP/1.1 599 A\r\n" + kLength + "\r\nok"},
        {"9112 5.1 white space in front of a colon is to be removed: not kept", with("A : b\r\n"),
         "502", false},
        {"9112 5.2 a folded field gets 502, or a blank for its fold", with("A: b\r\n c\r\n"), "502",
         false},
        {"9110 5.3 fields of one name keep their order",
         with("Set-Cookie: a=1\r\nB: 2\r\nset-cookie: c=3\r\n"),
         with("Set-Cookie: a=1\r\nB: 2\r\nset-cookie: c=3\r\n")},
        {"9112 6.1 no coding in a 204", "HTTP/1.1 204 No\r\n" + kChunked + "\r\n",
         "HTTP/1.1 204 No\r\n\r\n"},
        {"9110 8.6 nor a length", "HTTP/1.1 204 No\r\n" + kLength + "\r\n",
         "HTTP/1.1 204 No\r\n\r\n"},
        {"9112 6.1 an HTTP/1.0 response with a coding is faulty",
         "HTTP/1.0 200 OK\r\n" + kChunked + "\r\n" + kChunks, "502", false},
        {"9112 6.1 written as everybody reads it", coded + "CHUNKED\r\n\r\n" + kChunks,
         kOk + kChunked + "\r\n" + kChunks},
        {"9112 6.3 1 a 304 has no body, and says its length",
         "HTTP/1.1 304 Not Modified\r\n" + kLength + "\r\n",
         "HTTP/1.1 304 Not Modified\r\n" + kLength + "\r\n"},
        {"9112 6.3 3 a coding and a length may be refused", with(kChunked), "502", false},
        {"9112 6.3 4 another coding lasts until the close: not kept", coded + "gzip\r\n\r\nok",
         "502", false},
        {"9112 6.3 5 an invalid length gets 502", kOk + "Content-Length: 2a\r\n\r\nok", "502",
         false},
        {"9112 6.3 5 so do several", kOk + kLength + "Content-Length: 3\r\n\r\nok", "502", false},
        {"9110 8.6 equal ones are one", kOk + "Content-Length: 2, 2\r\n\r\nok", kTwo},
        {"9112 6.3 6 a body that is shorter is not whole", kOk + "Content-Length: 5\r\n\r\nok",
         kOk + "Content-Length: 5\r\n\r\nok!", false, kClosed},
        {"9112 9.8 whatever TLS says of it", kOk + "Content-Length: 5\r\n\r\nok",
         kOk + "Content-Length: 5\r\n\r\nok!", false, kTruncated},
        {"9112 6.3 8 without either it lasts until the close", kOk + "\r\nok",
         kOk + kChunked + "\r\n2\r\nok\r\n0\r\n\r\n", false, kClosed},
        {"9112 9.8 which TLS has to confirm", kOk + "\r\nok", kOk + kChunked + "\r\n2\r\nok\r\n!",
         false, kTruncated},
        {"9112 6.3 what follows is no response of anybody's", kTwo + kTwo, kTwo, false},
        {"9112 7.1 chunks pass", kOk + kChunked + "\r\n" + kChunks,
         kOk + kChunked + "\r\n" + kChunks},
        {"9112 7.1.1 with extensions", kOk + kChunked + "\r\n2;a\r\nok\r\n0\r\n\r\n",
         kOk + kChunked + "\r\n2;a\r\nok\r\n0\r\n\r\n"},
        {"9112 7.1.2 and trailers", kOk + kChunked + "\r\n0\r\nX-Sum: 1\r\n\r\n",
         kOk + kChunked + "\r\n0\r\nX-Sum: 1\r\n\r\n"},
        {"9110 6.5.1 but for those that come too late",
         kOk + kChunked + "\r\n0\r\nSet-Cookie: a=b\r\nTransfer-Encoding: c\r\n\r\n",
         kOk + kChunked + "\r\n0\r\n\r\n"},
        {"9112 8 a head that breaks off is no response", "HTTP/1.1 200 OK\r\nA: b", "502", false,
         kClosed},
        {"9112 8 chunks without a last one are not whole", kOk + kChunked + "\r\n2\r\nok\r\n",
         kOk + kChunked + "\r\n2\r\nok\r\n!", false, kClosed},
        {"9112 8 nor are trailers without an end", kOk + kChunked + "\r\n0\r\nA: b\r\n",
         kOk + kChunked + "\r\n0\r\n!", false, kClosed},
        {"9112 9.3 HTTP/1.0 does not persist", "HTTP/1.0 200 OK\r\n" + kLength + "\r\nok",
         kOk + kLength + "Via: 1.0 countersign\r\n\r\nok", false},
        {"9112 9.3 but with keep-alive",
         "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + kLength + "\r\nok",
         kOk + kLength + "Via: 1.0 countersign\r\n\r\nok"},
        {"9112 9.6 close ends the server's connection, not the client's",
         with("Connection: close\r\n"), kTwo, false},
        {"9110 7.6.1 Connection and what it lists are for one hop",
         with("Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\n"),
         kTwo},
        {"9110 7.6.1 fields for all are not dropped by it",
         with("Connection: Cache-Control\r\nCache-Control: no-store\r\n"),
         with("Cache-Control: no-store\r\n")},
        {"9110 11.7.1 what a server asks of the proxy is for the proxy",
         with("Proxy-Authenticate: Basic\r\n"), kTwo},
        {"9110 7.6.3 Via is appended", with("Via: 1.0 fred\r\n"), with("Via: 1.0 fred\r\n")},
        {"9110 7.7 what tells of the content is not touched",
         with("ETag: \"a\"\r\nServer: b\r\nDate: c\r\nContent-MD5: d\r\nCache-Control: "
              "no-transform\r\n"),
         with("ETag: \"a\"\r\nServer: b\r\nDate: c\r\nContent-MD5: d\r\nCache-Control: "
              "no-transform\r\n")},
        {"9110 15.2 interim responses pass",
         "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + kTwo,
         "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + kTwo},
        {"9110 15.2 also such that nobody knows",
         "HTTP/1.1 199 A\r\n\r\nHTTP/1.1 100 B\r\n\r\n" + kTwo,
         "HTTP/1.1 199 A\r\n\r\nHTTP/1.1 100 B\r\n\r\n" + kTwo},
        {"9110 8.6 they have no length", "HTTP/1.1 103 Early Hints\r\n" + kLength + "\r\n" + kTwo,
         "HTTP/1.1 103 Early Hints\r\n\r\n" + kTwo},
        {"9110 7.8 101 to who did not ask",
         "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "502", false},
        {"9110 7.8 Upgrade in others is for one hop",
         with("Connection: Upgrade\r\nUpgrade: websocket\r\n"), kTwo},
        {"9209 2.1.4 a server's Proxy-Status stays, and ours follows",
         with("Proxy-Status: countersign; error=dns_error\r\n"),
         kOk + "Proxy-Status: countersign; error=dns_error\r\n" + kLength +
             "Proxy-Status: countersign; received-status=200\r\n\r\nok"},
        {"9110 15.6.4 Retry-After passes",
         "HTTP/1.1 503 No\r\nRetry-After: 5\r\n" + kLength + "\r\nok",
         "HTTP/1.1 503 No\r\nRetry-After: 5\r\n" + kLength + "\r\nok"},
    };
}

void expect(const std::string& request, const Row& row) {
    Hop hop;
    hop.request(request);
    EXPECT_EQ(hop.response(row.says, row.ends), row.gets) << row.rule;
    EXPECT_EQ(hop.server_keeps(), row.server_keeps) << row.rule;
}

TEST(RfcOfResponses, HoldsForAnswersToAGet) {
    for (const Row& row : to_a_get()) expect(kRequest, row);
}

TEST(RfcOfResponses, HoldsForAnswersToOthers) {
    const std::string head = "HEAD http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";
    const std::string old = "GET http://a.example/ HTTP/1.0\r\nHost: a.example\r\n\r\n";
    const std::string close = "Connection: close\r\n";
    struct To {
        std::string request;
        Row row;
    };
    for (const To& to : std::vector<To>{
             {head,
              {"9112 6.3 1 no body, whatever the head says", kOk + kLength + "\r\n",
               kOk + kLength + "\r\n"}},
             {head, {"9112 6.1 nor chunks", kOk + kChunked + "\r\n", kOk + "\r\n"}},
             {old,
              {"9112 6.1 no coding for HTTP/1.0", kOk + kChunked + "\r\n" + kChunks,
               kOk + close + "\r\nok"}},
             {old,
              {"9110 15.2 no interim response for HTTP/1.0", "HTTP/1.1 100 Continue\r\n\r\n" + kTwo,
               kOk + kLength + close + "\r\nok"}},
             {kUpgrade,
              {"9110 7.8 101 to who asked",
               "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
               "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", false}},
             {kUpgrade,
              {"9110 7.8 to another protocol",
               "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n", "502", false}},
             {kUpgrade,
              {"9110 7.8 to none", "HTTP/1.1 101 S\r\nConnection: Upgrade\r\n\r\n", "502", false}},
             {kPost,
              {"9112 9.6 an early final response passes, and is the last", kTwo,
               kOk + kLength + close + "\r\nok", false}},
         }) {
        expect(to.request, to.row);
    }
}

TEST(RfcOfResponses, AWaitingServerIsToldOfByItsInterimResponse) {  // 9110 10.1.1
    Hop hop;
    hop.request(
        "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\n"
        "Content-Length: 2\r\n\r\n"
    );

    EXPECT_EQ(hop.response("HTTP/1.1 100 Continue\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n…");
    hop.world.from_client("ok");
    EXPECT_TRUE(hop.world.at_server.ends_with("\r\n\r\nok")) << hop.world.at_server;
    EXPECT_EQ(hop.response(kTwo), "HTTP/1.1 100 Continue\r\n\r\n" + kTwo);
    EXPECT_TRUE(hop.server_keeps());
}

TEST(RfcOfResponses, OnlyWhatMayBeRepeatedIsSentAgain) {  // 9112 9.3.1
    for (const auto& [method, outcome] : std::vector<std::pair<std::string, std::string>>{
             {"GET", "again"},
             {"PUT", "again"},
             {"DELETE", "again"},
             {"POST", "502"},
             {"PATCH", "502"}}) {
        Hop hop;
        hop.world.attempt.reused = true;
        hop.request(method + " http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n");

        EXPECT_EQ(hop.response("", kClosed), outcome) << method;
    }
}

TEST(RfcOfResponses, WhatWasSentAgainIsNotSentAThirdTime) {  // 9112 9.3.1
    Hop hop;
    hop.world.attempt.reused = true;
    hop.world.attempt.repeated = true;
    hop.request(kRequest);

    EXPECT_EQ(hop.response("", kClosed), "502");
}

}  // namespace
}  // namespace countersign::proxy::exchange
