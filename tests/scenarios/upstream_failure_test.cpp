#include <gtest/gtest.h>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// Where the client comes in. On a unix socket there is no reset.
enum class Way { tcp, unix_socket };

/// What a client gets from a server that writes `answer` and then ends as `end` says.
Response from_server_that(
    const std::string& answer, void (Peer::*end)(), const std::string& version = "HTTP/1.1",
    Way way = Way::tcp
) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [&](Peer& peer) {
                                    peer.read_request();
                                    peer.write(answer);
                                    (peer.*end)();
                                }};
    const std::filesystem::path path = partner.files() / "apps.sock";
    const ProxyUnderTest proxy{partner.configuration(
        server.port(), {},
        "listeners:\n  - { name: tcp, address: \"127.0.0.1:0\" }\n"
        "  - { name: unix, address: \"unix:" +
            path.string() + "\" }"
    )};
    HttpClient client =
        way == Way::tcp ? HttpClient::tcp(proxy.port("tcp")) : HttpClient::unix_socket(path);
    return client.exchange(
        "GET http://" + server.authority() + "/ " + version + "\r\nHost: " + server.authority() +
        "\r\n\r\n"
    );
}

using End = void (Peer::*)();

/// Whether the client has to take what came for the server's whole answer. A 502 is none, and
/// neither is a connection that was reset before the head came.
bool looks_complete(const std::string& answer, End end, const std::string& version, Way way) {
    try {
        const Response response = from_server_that(answer, end, version, way);
        return response.status == 200 && response.complete;
    } catch (const std::runtime_error& error) {
        const std::string what = error.what();
        EXPECT_TRUE(what.starts_with("the connection was ")) << what;
        return false;
    }
}

constexpr End kEnds[] = {&Peer::close_cleanly, &Peer::close_without_notice, &Peer::cut};

TEST(ServerThatCloses, WithoutAnAnswerIs502) {
    for (const End end : kEnds) {
        const Response response = from_server_that("", end);

        EXPECT_EQ(response.status, 502);
        EXPECT_EQ(proxy_error(response), "http_response_incomplete");
    }
}

TEST(ServerThatCloses, InTheHeadIs502) {
    for (const End end : kEnds) {
        const Response response = from_server_that("HTTP/1.1 200 OK\r\nContent-Le", end);

        EXPECT_EQ(response.status, 502);
        EXPECT_EQ(proxy_error(response), "http_response_incomplete");
    }
}

struct TruncatedRow {
    std::string name;
    std::string answer;
    std::string version;
    friend void PrintTo(const TruncatedRow& row, std::ostream* out) { *out << row.name; }
};
class TruncatedBody : public testing::TestWithParam<TruncatedRow> {};

TEST_P(TruncatedBody, NeverLooksComplete) {
    for (const Way way : {Way::tcp, Way::unix_socket}) {
        for (const End end : kEnds) {
            EXPECT_FALSE(looks_complete(GetParam().answer, end, GetParam().version, way));
        }
    }
}

const std::string kChunkedPart =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
const std::string kLengthPart = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";

INSTANTIATE_TEST_SUITE_P(
    Scenario, TruncatedBody,
    testing::Values(
        TruncatedRow{"Length", kLengthPart, "HTTP/1.1"},
        TruncatedRow{"LengthToHttp10", kLengthPart, "HTTP/1.0"},
        TruncatedRow{"Chunked", kChunkedPart, "HTTP/1.1"},
        TruncatedRow{"ChunkedToHttp10", kChunkedPart, "HTTP/1.0"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(BodyUntilCloseWithoutCloseNotify, NeverLooksComplete) {
    for (const std::string version : {"HTTP/1.1", "HTTP/1.0"}) {
        for (const Way way : {Way::tcp, Way::unix_socket}) {
            for (const End end : {&Peer::close_without_notice, &Peer::cut}) {
                SCOPED_TRACE(version);

                EXPECT_FALSE(looks_complete("HTTP/1.1 200 OK\r\n\r\nhello", end, version, way));
            }
        }
    }
}

/// A client that would take a cut for the end gets the whole with its length, or a 502.
TEST(BodyWithoutALength, ToAnHttp10ClientOnAUnixSocketIsHeldUntilItIsWhole) {
    for (const char* const answer :
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\n\r\nhello"}) {
        const Response response =
            from_server_that(answer, &Peer::close_cleanly, "HTTP/1.0", Way::unix_socket);

        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.field("Content-Length"), "5");
        EXPECT_EQ(response.body, "hello");
    }
}

TEST(BodyWithoutALength, ToAnHttp10ClientOnAUnixSocketIs502WhereItIsCut) {
    for (const std::string& answer : {kChunkedPart, std::string{"HTTP/1.1 200 OK\r\n\r\nhello"}}) {
        for (const End end : {&Peer::close_without_notice, &Peer::cut}) {
            const Response response = from_server_that(answer, end, "HTTP/1.0", Way::unix_socket);

            EXPECT_EQ(response.status, 502);
            EXPECT_EQ(proxy_error(response), "http_response_incomplete");
        }
    }
}

TEST(BodyWithoutALength, ToAnHttp10ClientOnAUnixSocketIs502WhereItIsTooLongToHold) {
    constexpr std::size_t kMost = 256 * 1024;
    for (const std::size_t size : {kMost, kMost + 1}) {
        const Response response = from_server_that(
            "HTTP/1.1 200 OK\r\n\r\n" + std::string(size, 'x'), &Peer::close_cleanly, "HTTP/1.0",
            Way::unix_socket
        );

        EXPECT_EQ(response.status, size == kMost ? 200 : 502);
        EXPECT_EQ(proxy_error(response), size == kMost ? "" : "http_response_body_size");
        EXPECT_EQ(response.body.size() == kMost, size == kMost);
    }
}

struct MalformedRow {
    std::string name;
    std::string answer;
    friend void PrintTo(const MalformedRow& row, std::ostream* out) { *out << row.name; }
};
class MalformedResponse : public testing::TestWithParam<MalformedRow> {};

TEST_P(MalformedResponse, Is502) {
    const Response response = from_server_that(GetParam().answer, &Peer::close_cleanly);

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "http_protocol_error");
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, MalformedResponse,
    testing::Values(
        MalformedRow{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
        MalformedRow{"FirstChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"},
        MalformedRow{"NoStatus", "HTTP/1.1 OK\r\n\r\n"},
        MalformedRow{
            "TwoFramings",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        MalformedRow{
            "TwoLengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
        MalformedRow{"NulInField", std::string{"HTTP/1.1 200 OK\r\nA: b"} + '\0' + "c\r\n\r\n"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(ServerThatNeverAnswers, Is504AfterTheLimit) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    while (!peer.read_request().empty()) {
                                    }
                                }};
    const ProxyUnderTest proxy{
        partner.configuration(server.port(), "timeouts: { response_header: 200ms }")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 504);
    EXPECT_EQ(proxy_error(response), "http_response_timeout");
}

TEST(ServerThatSendsInterimResponsesWithoutEnd, Is504AfterTheLimit) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    std::string many;
                                    while (many.size() < 64 * 1024) {
                                        many += "HTTP/1.1 102 Processing\r\n\r\n";
                                    }
                                    peer.read_request();
                                    while (peer.write(many)) {
                                    }
                                }};
    const ProxyUnderTest proxy{
        partner.configuration(server.port(), "timeouts: { response_header: 200ms }")};
    HttpClient client = proxy.connect();

    client.send(absolute_get(server.authority(), "/"));
    Response response = client.read_response();
    while (response.status == 102) response = client.read_response();

    EXPECT_EQ(response.status, 504);
    EXPECT_EQ(proxy_error(response), "http_response_timeout");
}

TEST(ServerThatStopsInTheBody, IsCutOffAfterTheLimitAndDoesNotLookComplete) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            peer.read_some();
        }};
    const ProxyUnderTest proxy{
        partner.configuration(server.port(), "timeouts: { response_idle: 200ms }")};
    HttpClient client = proxy.connect();

    client.send(absolute_get(server.authority(), "/"));
    Response response = client.read_head();
    const bool complete = client.read_body(response, [](std::string_view) {});

    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(complete);
}

TEST(ServerThatNeverShakesHands, Is504AfterTheLimit) {
    const Partner partner;
    auto options = partner.server();
    options.shakes_hands_with = 0;
    const ScriptedServer server{options, [](Peer&) {}};
    const ProxyUnderTest proxy{
        partner.configuration(server.port(), "timeouts: { handshake: 200ms }")};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 504);
    EXPECT_EQ(proxy_error(response), "connection_timeout");
    EXPECT_NE(response.body.find("handshake"), std::string::npos) << response.body;
}

TEST(ServerWithoutTls, Is502AndTheBodyPointsAtThePort) {
    const Partner partner;
    const ScriptedServer server{
        {}, [](Peer& peer) {
            peer.read_some();
            peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "tls_protocol_error");
    EXPECT_NE(response.body.find("port"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace countersign::tests
