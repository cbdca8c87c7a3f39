#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/proxy/exchange/hop.hpp"

// What RFC 9112 and RFC 9110 section 7 want of an intermediary with a request, rule by rule. What a
// row calls "not kept" stands in proxy/http/README.md, with its reason.

namespace countersign::proxy::exchange {
namespace {

struct Row {
    std::string_view rule;
    std::string says;  ///< the client
    std::string goes;  ///< to the server; or the status that the client is answered with
};

const std::string kVia = "Via: 1.1 countersign\r\n";
const std::string kHost = "Host: a.example\r\n";
const std::string kToServer = "GET / HTTP/1.1\r\n" + kHost;
const std::string kTrailersSaid = "TE: trailers\r\nConnection: TE\r\n";

/// A GET with these fields, and what of it goes on.
std::string get(const std::string& fields) {
    return "GET http://a.example/ HTTP/1.1\r\n" + kHost + fields + "\r\n";
}
std::string went(const std::string& fields, const std::string& more = {}) {
    return kToServer + fields + kVia + more + "\r\n";
}
std::string of(const std::string& line, const std::string& fields = kHost) {
    return line + "\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body) {
    return "POST http://a.example/ HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}
std::string posted(const std::string& fields, const std::string& body) {
    return "POST / HTTP/1.1\r\n" + kHost + fields + kVia + "\r\n" + body;
}

std::vector<Row> lines() {
    const std::string long_path = "/" + std::string(2500, 'a');
    return {
        {"9112 2.2 a CR without LF is invalid", get("A: b\rc\r\n"), "400"},
        {"9112 2.2 a LF without CR may be a line's end: it is none", get("A: b\n"), "400"},
        {"9112 2.2 white space between request line and fields",
         of("GET http://a.example/ HTTP/1.1", " " + kHost), "400"},
        {"9112 2.2 what is no HTTP message gets 400", "hello\r\n\r\n", "400"},
        {"9112 2.3 the version that goes on is the proxy's own",
         of("GET http://a.example/ HTTP/1.0"), kToServer + "Via: 1.0 countersign\r\n\r\n"},
        {"9112 2.3 a later minor version is spoken to as 1.1", of("GET http://a.example/ HTTP/1.9"),
         went("")},
        {"9112 2.3 another major version is none of ours", of("GET http://a.example/ HTTP/2.0"),
         "400"},
        {"9112 2.3 the version's name is case-sensitive", of("GET http://a.example/ http/1.1"),
         "400"},
        {"9112 3 one space between the parts", of("GET  http://a.example/ HTTP/1.1"), "400"},
        {"9112 3.2 a blank in the target is not mended", of("GET http://a.example/a b HTTP/1.1"),
         "400"},
        {"9112 3 a URL longer than any that is read gets 414",
         "GET http://a.example/" + std::string(70000, 'a'), "414"},
        {"9112 3 a long one passes", of("GET http://a.example" + long_path + " HTTP/1.1"),
         "GET " + long_path + " HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.1 methods are case-sensitive, and any passes",
         of("gEt http://a.example/ HTTP/1.1"), "gEt / HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2 HTTP/1.1 without Host gets 400", of("GET http://a.example/ HTTP/1.1", ""),
         "400"},
        {"9112 3.2 two of them get 400", get(kHost), "400"},
        {"9112 3.2 one that is no host gets 400", of("GET / HTTP/1.1", "Host: a b\r\n"), "400"},
        {"9112 3.2 the same beside a URL", of("GET http://a.example/ HTTP/1.1", "Host: a b\r\n"),
         "400"},
        {"9112 3.2 HTTP/1.0 needs none", of("GET http://a.example/ HTTP/1.0", ""),
         kToServer + "Via: 1.0 countersign\r\n\r\n"},
        {"9112 3.2.1 origin-form passes as it is", of("GET /a/../b//c;d?e=%2f&f HTTP/1.1"),
         "GET /a/../b//c;d?e=%2f&f HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2.2 absolute-form replaces Host",
         of("GET http://a.example/ HTTP/1.1", "Host: b.example\r\n"), went("")},
        {"9112 3.2.2 also an empty one", of("GET http://a.example/ HTTP/1.1", "Host:\r\n"),
         went("")},
        {"9112 3.2.2 with its port", of("GET http://a.example:8443/ HTTP/1.1"),
         "GET / HTTP/1.1\r\nHost: a.example:8443\r\n" + kVia + "\r\n"},
        {"9112 3.2.1 an empty path becomes /", of("GET http://a.example HTTP/1.1"), went("")},
        {"9112 3.2.1 before a query, too", of("GET http://a.example?b HTTP/1.1"),
         "GET /?b HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2.3 authority-form is CONNECT's alone", of("GET a.example:443 HTTP/1.1"), "400"},
        {"9112 3.2.3 and has a port", of("CONNECT a.example HTTP/1.1"), "400"},
        {"9112 3.2.3 with it it asks for a tunnel", of("CONNECT a.example:443 HTTP/1.1"), "tunnel"},
        {"9112 3.2.4 OPTIONS of a URL without path means the server",
         of("OPTIONS http://a.example HTTP/1.1"), "OPTIONS * HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2.4 with a query it does not", of("OPTIONS http://a.example?b HTTP/1.1"),
         "OPTIONS /?b HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2.4 nor with /", of("OPTIONS http://a.example/ HTTP/1.1"),
         "OPTIONS / HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2.4 asterisk-form passes", of("OPTIONS * HTTP/1.1"),
         "OPTIONS * HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9112 3.2.4 and is OPTIONS' alone", of("GET * HTTP/1.1"), "400"},
        {"9110 4.2.4 a user in the URL is refused", of("GET http://user@a.example/ HTTP/1.1"),
         "400"},
        {"9110 7.1 a fragment is no part of a target", of("GET http://a.example/#b HTTP/1.1"),
         "400"},
        {"9112 5.1 white space in front of a colon gets 400", get("A : b\r\n"), "400"},
        {"9112 5.1 white space around a value is none of it", get("Content-Length: \t 0 \t\r\n"),
         went("Content-Length: \t 0 \t\r\n")},
        {"9112 5.2 a folded field gets 400", get("A: b\r\n c\r\n"), "400"},
        {"9110 5.1 a field that nobody knows passes", get("X-Any: \"b\"\r\n"),
         went("X-Any: \"b\"\r\n")},
        {"9110 5.3 fields of one name keep their order", get("A: 1\r\nB: 2\r\na: 3\r\n"),
         went("A: 1\r\nB: 2\r\na: 3\r\n")},
        {"9110 5.5 NUL in a value gets 400", get(std::string{"A: b\0c\r\n", 8}), "400"},
    };
}

std::vector<Row> bodies() {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string length = "Content-Length: 2\r\n";
    const std::string ok = "2\r\nok\r\n0\r\n\r\n";
    return {
        {"9112 6.1 chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", ok), "400"},
        {"9112 6.1 chunked has to be the last", post("Transfer-Encoding: chunked, gzip\r\n", ok),
         "400"},
        {"9112 6.1 an unknown coding should get 501: not kept",
         post("Transfer-Encoding: gzip, chunked\r\n", ok), "400"},
        {"9112 6.1 none in HTTP/1.0", "POST http://a.example/ HTTP/1.0\r\n" + chunked + "\r\n" + ok,
         "400"},
        {"9112 6.1 written as everybody reads it", post("Transfer-Encoding:  Chunked\r\n", ok),
         posted(chunked, ok)},
        {"9112 6.1 both a coding and a length", post(chunked + length, ok), "400"},
        {"9112 6.2 a length passes", post(length, "ok"), posted(length, "ok")},
        {"9112 6.2 and is not extended to what follows", post(length, "okGET"),
         posted(length, "ok")},
        {"9112 6.2 no number", post("Content-Length: +2\r\n", "ok"), "400"},
        {"9112 6.2 a number beyond all integers",
         post("Content-Length: 99999999999999999999\r\n", "ok"), "400"},
        {"9112 6.3 5 lengths that differ", post(length + "Content-Length: 3\r\n", "ok"), "400"},
        {"9110 8.6 equal ones are one", post(length + length, "ok"), posted(length, "ok")},
        {"9110 8.6 a list of them may be refused", post("Content-Length: 2, 2\r\n", "ok"), "400"},
        {"9112 6.3 7 without either there is no body", get("") + "GET", went("")},
        {"9112 7.1 sizes in either case", post(chunked, "A\r\n0123456789\r\n0\r\n\r\n"),
         posted(chunked, "A\r\n0123456789\r\n0\r\n\r\n")},
        {"9112 7.1 a size beyond all integers", post(chunked, "fffffffffffffffff\r\n"), "400"},
        {"9112 7.1 no chunk", post(chunked, "xyz\r\n"), "400"},
        {"9112 7.1.1 an extension that nobody knows does no harm",
         post(chunked, "2;a=\"b;c\"\r\nok\r\n0\r\n\r\n"),
         posted(chunked, "2;a=\"b;c\"\r\nok\r\n0\r\n\r\n")},
        {"9112 7.1.2 trailers pass", post(chunked, "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"),
         posted(chunked, "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")},
        {"9110 6.5.1 but for those that come too late",
         post(chunked, "2\r\nok\r\n0\r\nHost: b\r\nAuthorization: c\r\nContent-Length: 9\r\n\r\n"),
         posted(chunked, ok)},
        {"9110 7.6.1 and for those of this hop",
         post(chunked + "Connection: X-Hop\r\n", "0\r\nX-Hop: 1\r\nA: b\r\n\r\n"),
         posted(chunked, "0\r\nA: b\r\n\r\n")},
        {"9110 10.1.4 who passes trailers on says TE: trailers", get("TE: gzip, Trailers\r\n"),
         went("", kTrailersSaid)},
        {"9110 10.1.4 and nothing else of TE", get("TE: gzip\r\nConnection: TE\r\n"), went("")},
        {"9110 10.1.4 nor for HTTP/1.0", "GET http://a.example/ HTTP/1.0\r\nTE: trailers\r\n\r\n",
         kToServer + "Via: 1.0 countersign\r\n\r\n"},
        {"9110 10.1.1 an expectation goes on", post("Expect: 100-continue\r\n" + length, ""),
         posted("Expect: 100-continue\r\n" + length, "")},
        {"9110 10.1.1 but not from HTTP/1.0",
         "POST http://a.example/ HTTP/1.0\r\n" + kHost + "Expect: 100-continue\r\n" + length +
             "\r\nok",
         "POST / HTTP/1.1\r\n" + kHost + length + "Via: 1.0 countersign\r\n\r\nok"},
    };
}

std::vector<Row> hops() {
    const std::string trace = "TRACE http://a.example/ HTTP/1.1\r\n" + kHost;
    return {
        {"9110 7.6.1 Connection and what it lists are for one hop",
         get("Connection: close, X-Hop\r\nX-Hop: 1\r\nA: b\r\n"), went("A: b\r\n")},
        {"9110 7.6.1 in any case, and in several lines",
         get("connection: x-a\r\nX-A: 1\r\nX-B: 2\r\nCONNECTION: ,X-b,\r\n"), went("")},
        {"9110 7.6.1 also what old ones do not list",
         get("Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nUpgrade: h2c\r\n"),
         went("")},
        {"9110 7.6.1 no option for what is for all",
         get("Connection: Cache-Control\r\nCache-Control: no-store\r\n"), "400"},
        {"9110 11.7.2 credentials for the proxy stay here",
         get("Proxy-Authorization: Basic eDp5\r\n"), went("")},
        {"9110 11.6.2 those for the server do not", get("Authorization: Basic eDp5\r\n"),
         went("Authorization: Basic eDp5\r\n")},
        {"9110 7.6.2 Max-Forwards of TRACE counts", trace + "Max-Forwards: 5\r\n\r\n",
         "TRACE / HTTP/1.1\r\n" + kHost + "Max-Forwards: 4\r\n" + kVia + "\r\n"},
        {"9110 7.6.2 that of OPTIONS, too", of("OPTIONS * HTTP/1.1", kHost + "max-forwards: 1\r\n"),
         "OPTIONS * HTTP/1.1\r\n" + kHost + "max-forwards: 0\r\n" + kVia + "\r\n"},
        {"9110 7.6.2 what is no number does not count", trace + "Max-Forwards: a\r\n\r\n",
         "TRACE / HTTP/1.1\r\n" + kHost + "Max-Forwards: a\r\n" + kVia + "\r\n"},
        {"9110 7.6.2 that of others may not", get("Max-Forwards: 0\r\n"),
         went("Max-Forwards: 0\r\n")},
        {"9110 7.6.3 Via is appended, with the version that came",
         get("Via: 1.0 fred, 1.1 p.example (x)\r\n"), went("Via: 1.0 fred, 1.1 p.example (x)\r\n")},
        {"9110 7.6 a request that comes back is a loop", get("Via: 1.0 fred, 1.1 countersign\r\n"),
         "502"},
        {"9110 7.7 path and query are not touched",
         of("GET http://a.example/%7Ea/./b/../%2e?c=d?e%20%f0 HTTP/1.1"),
         "GET /%7Ea/./b/../%2e?c=d?e%20%f0 HTTP/1.1\r\n" + kHost + kVia + "\r\n"},
        {"9110 7.7 nor what tells of the ends",
         get("User-Agent: b\r\nContent-Location: /c\r\nReferer: http://d/\r\nFrom: e@f\r\n"),
         went("User-Agent: b\r\nContent-Location: /c\r\nReferer: http://d/\r\nFrom: e@f\r\n")},
        {"9110 7.8 Upgrade goes on with its option",
         get("Connection: Upgrade\r\nUpgrade: websocket\r\n"),
         went("Upgrade: websocket\r\n", "Connection: Upgrade\r\n")},
        {"9110 7.8 not without", get("Upgrade: websocket\r\n"), went("")},
        {"9110 7.8 not from HTTP/1.0",
         "GET http://a.example/ HTTP/1.0\r\n" + kHost +
             "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
         kToServer + "Via: 1.0 countersign\r\n\r\n"},
    };
}

void expect(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        Hop hop;
        EXPECT_EQ(hop.request(row.says), row.goes) << row.rule;
    }
}

TEST(RfcOfRequests, HoldsForLinesAndTargets) { expect(lines()); }
TEST(RfcOfRequests, HoldsForBodies) { expect(bodies()); }
TEST(RfcOfRequests, HoldsForAHop) { expect(hops()); }

TEST(RfcOfRequests, TheLastHopAnswersItself) {  // 9110 7.6.2, 9.3.8
    Hop hop;
    const std::string trace = "TRACE http://a.example/ HTTP/1.1\r\n" + kHost +
                              "Max-Forwards: 0\r\nCookie: secret\r\n\r\n";

    const std::string answer = hop.request(trace);

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Content-Type: message/http\r\n"), answer.npos) << answer;
    EXPECT_TRUE(answer.ends_with(
        "\r\n\r\nTRACE http://a.example/ HTTP/1.1\r\n" + kHost + "Max-Forwards: 0\r\n\r\n"
    )) << answer;
    EXPECT_TRUE(Hop{}
                    .request("OPTIONS * HTTP/1.1\r\n" + kHost + "Max-Forwards: 0\r\n\r\n")
                    .starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(RfcOfRequests, SaysWhetherTheConnectionPersists) {  // 9112 9.3
    struct Persistence {
        std::string_view rule;
        std::string says;
        bool keeps;
    };
    for (const Persistence& row : {
             Persistence{"9112 9.3 HTTP/1.1 persists", get(""), true},
             Persistence{"9112 9.6 close ends it", get("Connection: foo, CLOSE\r\n"), false},
             Persistence{"9112 9.3 HTTP/1.0 does not", of("GET http://a.example/ HTTP/1.0"), false},
             Persistence{
                 "9112 9.3 a proxy must not keep HTTP/1.0 clients: not kept",
                 of("GET http://a.example/ HTTP/1.0", "Connection: keep-alive\r\n"), true},
             Persistence{
                 "9112 9.3 close beats keep-alive", get("Connection: keep-alive, close\r\n"),
                 false},
         }) {
        Hop hop;
        hop.request(row.says);
        hop.response(kAnswer);

        EXPECT_EQ(hop.client_keeps, row.keeps) << row.rule;
        EXPECT_EQ(hop.world.core().progress().keep_client, row.keeps) << row.rule;
    }
}

}  // namespace
}  // namespace countersign::proxy::exchange
