#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

// How far a request may go: Max-Forwards, and a request that comes back.
namespace countersign::tests {
namespace {

/// Shows each request in the body of its answer.
void echo(Peer& peer) {
    for (std::string head = peer.read_request(); !head.empty(); head = peer.read_request()) {
        peer.write(
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(head.size()) + "\r\n\r\n" + head
        );
    }
}

class LastHop : public testing::Test {
protected:
    std::string request(std::string_view method, std::string_view fields) const {
        return std::string{method} + " http://" + server_.authority() +
               "/a HTTP/1.1\r\nHost: " + server_.authority() + "\r\n" + std::string{fields} +
               "\r\n";
    }

    const Partner partner_;
    const ScriptedServer server_{partner_.server(), echo};
    const ProxyUnderTest proxy_{partner_.configuration(server_.port())};
};

TEST_F(LastHop, AnswersWhatMayGoNoFurther) {
    HttpClient client = proxy_.connect();

    const Response options = client.exchange(request("OPTIONS", "Max-Forwards: 0\r\n"));
    const Response trace = client.exchange(request(
        "TRACE",
        "Max-Forwards: 0\r\nAuthorization: Bearer secret\r\ncookie: secret\r\nX-Mine: 1\r\n"
    ));

    EXPECT_EQ(options.status, 200);
    EXPECT_EQ(options.body, "");
    EXPECT_EQ(trace.status, 200);
    EXPECT_EQ(trace.field("Content-Type"), "message/http");
    EXPECT_EQ(trace.body, request("TRACE", "Max-Forwards: 0\r\nX-Mine: 1\r\n"));
    EXPECT_EQ(server_.connections(), 0);
    const std::vector<std::string> lines = proxy_.access_lines(2);
    EXPECT_EQ(logged(lines.front(), "status"), "200");
    EXPECT_EQ(logged(lines.back(), "method"), "TRACE");
}

TEST_F(LastHop, SendsOnWhatMayGoFurtherWithOneLess) {
    const Response trace = proxy_.exchange(request("TRACE", "Max-Forwards: 1\r\n"));
    const Response get = proxy_.exchange(request("GET", "Max-Forwards: 0\r\n"));

    EXPECT_TRUE(trace.body.starts_with("TRACE /a HTTP/1.1\r\n")) << trace.body;
    EXPECT_NE(trace.body.find("\r\nMax-Forwards: 0\r\n"), std::string::npos) << trace.body;
    EXPECT_TRUE(get.body.starts_with("GET /a HTTP/1.1\r\n")) << get.body;
}

TEST_F(LastHop, AnswersForTheServerOnlyWhatTheServerMayBeAsked) {
    const Response nowhere = proxy_.exchange(
        "TRACE http://nobody.example/ HTTP/1.1\r\nHost: nobody.example\r\nMax-Forwards: 0\r\n\r\n"
    );

    EXPECT_EQ(nowhere.status, 403);
}

TEST_F(LastHop, KnowsARequestThatHasComeBackAndNoOthers) {
    const Response first = proxy_.exchange(request("GET", ""));
    const auto at = first.body.find("Via: 1.1 countersign-");
    ASSERT_NE(at, std::string::npos) << first.body;
    const std::string via = first.body.substr(at, first.body.find("\r\n", at) - at) + "\r\n";

    const Response back = proxy_.exchange(request("GET", via));

    EXPECT_EQ(back.status, 502);
    EXPECT_EQ(proxy_error(back), "proxy_loop_detected");
    EXPECT_NE(
        back.body.find("The request has come through this proxy before: its Via has countersign-"),
        std::string::npos
    ) << back.body;
    // Another instance of the same program is no loop.
    const ProxyUnderTest gateway{partner_.configuration(server_.port())};
    EXPECT_EQ(gateway.exchange(request("GET", via)).status, 200);
}

}  // namespace
}  // namespace countersign::tests
