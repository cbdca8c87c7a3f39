#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/scenarios/who_asks.hpp"

namespace countersign::tests {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00-" + kTrace + "-00f067aa0ba902b7-00";
const std::regex kUuid{"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"};
const std::regex kMadeParent{"00-[0-9a-f]{32}-[0-9a-f]{16}-01"};

/// A server that answers with the head that it was sent.
class Trace : public testing::Test {
protected:
    /// The head that the server gets for a request with those fields.
    std::string sent(const ProxyUnderTest& proxy, const std::string& fields) const {
        return proxy.exchange(absolute_get(server_.authority(), "/", fields)).body;
    }
    static std::string field(const std::string& head, const std::string& name) {
        const auto at = head.find("\r\n" + name + ": ");
        if (at == head.npos) return "";
        const auto begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    std::string yaml(const std::string& trace, const std::string& more = "") const {
        return partner_.configuration(server_.port(), more, "trace: " + trace);
    }

    const Partner partner_;
    const ScriptedServer server_{partner_.server(), [](Peer& peer) {
                                     for (;;) {
                                         const std::string head = peer.read_request();
                                         if (head.empty()) return;
                                         peer.write(ok(head));
                                     }
                                 }};
};

TEST_F(Trace, PassesAsItCameAndStandsInTheLog) {
    const ProxyUnderTest proxy{yaml("pass")};

    const std::string head =
        sent(proxy, "X-Request-Id: abc-1\r\nTraceparent: " + kParent + "\r\nTracestate: a=1\r\n");

    EXPECT_EQ(field(head, "X-Request-Id"), "abc-1");
    EXPECT_EQ(field(head, "Traceparent"), kParent);
    EXPECT_EQ(field(head, "Tracestate"), "a=1");
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_EQ(logged(line, "request_id"), "abc-1");
    EXPECT_EQ(logged(line, "trace_id"), kTrace);
    EXPECT_EQ(logged(line, "span_id"), "00f067aa0ba902b7");
    EXPECT_EQ(logged(line, "trace_flags"), "00");
}

TEST_F(Trace, OfTheProxysMakingStaysInTheLogUnlessItIsAskedFor) {
    const ProxyUnderTest proxy{yaml("pass")};

    const std::string head = sent(proxy, "");

    EXPECT_EQ(field(head, "X-Request-Id"), "");
    EXPECT_EQ(field(head, "traceparent"), "");
    const std::string line = proxy.access_lines(1).at(0);
    EXPECT_TRUE(std::regex_match(logged(line, "request_id"), kUuid)) << line;
    EXPECT_EQ(logged(line, "trace_id"), "");
}

TEST_F(Trace, IsMadeWhereARequestBringsNone) {
    const ProxyUnderTest proxy{yaml("generate")};

    const std::string first = sent(proxy, "Tracestate: a=1\r\n");
    const std::string second = sent(proxy, "");

    EXPECT_TRUE(std::regex_match(field(first, "X-Request-Id"), kUuid)) << first;
    EXPECT_TRUE(std::regex_match(field(first, "traceparent"), kMadeParent)) << first;
    EXPECT_EQ(field(first, "Tracestate"), "") << "a state of no trace";
    EXPECT_NE(field(first, "X-Request-Id"), field(second, "X-Request-Id"));
    EXPECT_NE(field(first, "traceparent"), field(second, "traceparent"));
    const std::string line = proxy.access_line_with({"request_id=" + field(first, "X-Request-Id")});
    EXPECT_EQ(
        field(first, "traceparent"),
        "00-" + logged(line, "trace_id") + "-" + logged(line, "span_id") + "-01"
    );
}

// What Connection names goes no further than this hop (RFC 9110 7.6.1).
TEST_F(Trace, IsMadeWhereWhatComesIsForThisHopAlone) {
    const ProxyUnderTest proxy{yaml("generate")};

    const std::string head = sent(
        proxy, "Connection: X-Request-Id, traceparent\r\nX-Request-Id: abc-1\r\ntraceparent: " +
                   kParent + "\r\n"
    );

    EXPECT_TRUE(std::regex_match(field(head, "X-Request-Id"), kUuid)) << head;
    EXPECT_TRUE(std::regex_match(field(head, "traceparent"), kMadeParent)) << head;
    EXPECT_EQ(logged(proxy.access_lines(1).at(0), "request_id"), field(head, "X-Request-Id"));
}

TEST_F(Trace, IsLeftAloneWhereARequestBringsItsOwn) {
    const ProxyUnderTest proxy{yaml("generate")};

    const std::string head =
        sent(proxy, "x-request-id: not one of ours\r\ntraceparent: " + kParent + "\r\n");

    EXPECT_EQ(field(head, "x-request-id"), "not one of ours");
    EXPECT_EQ(field(head, "X-Request-Id"), "");
    EXPECT_EQ(field(head, "traceparent"), kParent);
    // What does not look like an id is written nowhere.
    EXPECT_TRUE(std::regex_match(logged(proxy.access_lines(1).at(0), "request_id"), kUuid));
}

TEST_F(Trace, IsMadeAnewWhereItCannotBeRead) {
    const ProxyUnderTest proxy{yaml("generate")};
    const std::string own = "traceparent: " + kParent + "\r\n";
    for (const std::string& fields :
         {std::string{"traceparent: s3cret\r\ntracestate: a=1\r\n"},
          std::string{"traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-00\r\n"},
          own + own}) {
        const std::string head = sent(proxy, fields);

        EXPECT_TRUE(std::regex_match(field(head, "traceparent"), kMadeParent)) << head;
        EXPECT_EQ(head.find("traceparent: "), head.rfind("traceparent: ")) << head;
        EXPECT_EQ(head.find("tracestate"), head.npos) << head;
    }
    EXPECT_FALSE(has(proxy.access_log() + proxy.log(), "s3cret"));
}

TEST_F(Trace, GoesNowhereWhereTheProfileTakesItOut) {
    const ProxyUnderTest proxy{yaml(
        "generate", "request_headers: { set: { X-Request-Id: ours }, remove: [Traceparent] }"
    )};

    const std::string head = sent(proxy, "");

    EXPECT_EQ(field(head, "X-Request-Id"), "ours");
    EXPECT_EQ(head.find("X-Request-Id"), head.rfind("X-Request-Id")) << head;
    EXPECT_EQ(field(head, "traceparent"), "");
}

TEST_F(Trace, OfWhatFailedStandsInTheAnswerToo) {
    const ClosedPort nobody;
    const ProxyUnderTest proxy{partner_.configuration(nobody.port())};
    const std::string there = "127.0.0.1:" + std::to_string(nobody.port());

    const Response own = proxy.exchange(absolute_get(there, "/", "X-Request-Id: abc-1\r\n"));
    const Response made =
        proxy.exchange(absolute_get(there, "/", "traceparent: " + kParent + "\r\n"));
    const Response text =
        proxy.exchange(absolute_get(there, "/", "Accept: text/plain\r\nX-Request-Id: abc-2\r\n"));

    EXPECT_TRUE(has(own.body, "\n  \"request_id\": \"abc-1\"\n")) << own.body;
    EXPECT_TRUE(has(made.body, "\n  \"trace_id\": \"" + kTrace + "\"\n")) << made.body;
    EXPECT_TRUE(has(text.body, "\nrequest: abc-2\n")) << text.body;
    const std::string line = proxy.access_line_with({" trace_id=" + kTrace});
    EXPECT_TRUE(has(made.body, logged(line, "request_id"))) << made.body << line;
}

TEST_F(Trace, OfARequestThatIsNoneIsTheProxysOwn) {
    const ProxyUnderTest proxy{yaml("generate")};

    const Response refused = proxy.exchange("GET / HTTP/1.1\r\nX-Request-Id: abc\r\n\r\n");

    EXPECT_EQ(refused.status, 400);
    const std::string id = logged(proxy.access_lines(1).at(0), "request_id");
    EXPECT_TRUE(std::regex_match(id, kUuid)) << id;
    EXPECT_TRUE(has(refused.body, id)) << refused.body;
}

}  // namespace
}  // namespace countersign::tests
