#include <gtest/gtest.h>

#include <optional>

#include "tests/scenarios/scenario.hpp"

// Servers whose HTTP is not what it should be: what is told of them, and what a profile can allow.
// All kinds of it are in tests/proxy/exchange/careless_answers.hpp.

namespace countersign::tests {
namespace {

class CarelessServer : public testing::Test {
protected:
    static constexpr std::string_view kChunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    Response answer_to(std::string bytes, std::string_view more = {}) {
        const ScriptedServer server{partner_.server(), [&bytes](Peer& peer) {
                                        peer.read_request();
                                        peer.write(bytes);
                                    }};
        proxy_.emplace(
            partner_.configuration(server.port(), more, "admin: { address: 127.0.0.1:0 }\n")
        );
        return proxy_->exchange(absolute_get(server.authority(), "/", "Accept: text/plain\r\n"));
    }
    std::string metrics() const {
        return HttpClient::tcp(proxy_->admin_port()).exchange(get("/metrics", "127.0.0.1")).body;
    }

    const Partner partner_;
    std::optional<ProxyUnderTest> proxy_;
};

TEST_F(CarelessServer, IsToldWhatIsWrongInItsHeadAndWhere) {
    const Response response = answer_to("HTTP/1.1 200 OK\r\nA: b\r\nX-Y: secret\x01\r\n\r\n");

    EXPECT_EQ(response.status, 502);
    EXPECT_NE(
        response.body.find("The server's response head is not valid HTTP (field 2 'X-Y': control "
                           "character 0x01)."),
        std::string::npos
    ) << response.body;
    EXPECT_NE(response.body.find("response_leniency: [control_characters]."), std::string::npos)
        << response.body;
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << response.body;
}

TEST_F(CarelessServer, IsToldWhatIsWrongInItsChunksAndWhere) {
    const Response response =
        answer_to(std::string{kChunked} + "2 \r\nok\r\n0\r\n\r\n", "response_leniency: [bare_lf]");

    EXPECT_EQ(response.status, 502);
    EXPECT_NE(
        response.body.find("is malformed (chunk 1: blank behind the size)."), std::string::npos
    ) << response.body;
    EXPECT_NE(response.body.find("response_leniency: [bare_lf, chunk_blanks]."), std::string::npos)
        << response.body;
}

TEST_F(CarelessServer, IsToldNoLeniencyWhereNoneWouldDo) {
    const Response response = answer_to(std::string{kChunked} + "0x2\r\nok\r\n0\r\n\r\n");

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(response.body.find("response_leniency"), std::string::npos) << response.body;
}

TEST_F(CarelessServer, PassesWithWhatItsProfileAllowsAndIsCounted) {
    const Response response = answer_to(
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nA: b\n\n2 \nok\n0\nX-Sum: 1\n\n",
        "response_leniency: [bare_lf, chunk_blanks]"
    );

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(response.head.starts_with(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\nVia: 1.1 countersign-"
    )) << response.head;
    EXPECT_EQ(response.body, "ok");
    EXPECT_EQ(response.trailers, "X-Sum: 1\r\n");
    EXPECT_TRUE(response.complete);
    const std::string told = metrics();
    for (const std::string name : {"bare_lf", "chunk_blanks"}) {
        EXPECT_NE(
            told.find(
                "countersign_lenient_responses_total{profile=\"partner\",leniency=\"" + name +
                "\"} 1\n"
            ),
            std::string::npos
        ) << told;
    }
}

TEST(RequestTrailers, DoNotReachTheServerWhereTheProfileSetsThatField) {
    const Partner partner;
    std::string seen;
    const ScriptedServer server{partner.server(), [&seen](Peer& peer) {
                                    seen = peer.read_request();
                                    peer.write(ok("fine"));
                                }};
    const ProxyUnderTest proxy{
        partner.configuration(server.port(), "request_headers: { set: { X-Key: ours } }")};

    const Response response = proxy.exchange(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Key: theirs\r\nX-Sum: 1\r\n\r\n"
    );

    EXPECT_EQ(response.status, 200);
    EXPECT_NE(seen.find("\r\nX-Key: ours\r\n"), std::string::npos) << seen;
    EXPECT_TRUE(seen.ends_with("\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")) << seen;
}

}  // namespace
}  // namespace countersign::tests
