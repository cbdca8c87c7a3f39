#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

TEST(ChunkedBody, GoesBothWaysWithItsTrailers) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            const std::string request = peer.read_request();
            const std::string body = request.substr(request.find("\r\n\r\n") + 4);
            peer.write(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n" + body
            );
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n" +
        "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Sum: 42\r\n\r\n"
    );

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.body, "hello world");
    EXPECT_EQ(response.trailers, "X-Sum: 42\r\n");
}

TEST(ChunkedBody, IsUnderstoodByNginx) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + nginx.authority() + "/echo HTTP/1.1\r\nHost: " + nginx.authority() +
        "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"
    );
    client.send("lo\r\n6\r\n world\r\n");
    client.send("0\r\n\r\n");
    const Response response = client.read_response();

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello world");
}

TEST(ChunkedBody, ThatIsMalformedIs400AndNotPassedOnAsComplete) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    if (!peer.read_request().empty()) peer.write(ok("complete"));
                                }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX"
    );

    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(proxy_error(response), "http_request_error");
}

TEST(BodyUntilClose, IsChunkedForAnHttp11Client) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            peer.read_request();
            peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil close");
            peer.close_cleanly();
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};

    const Response response = proxy.exchange(absolute_get(server.authority(), "/"));

    EXPECT_EQ(response.field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(response.body, "until close");
    EXPECT_TRUE(response.complete);
}

TEST(ExpectContinue, LetsTheServerSayWhetherItWantsTheBody) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + nginx.authority() + "/echo HTTP/1.1\r\nHost: " + nginx.authority() +
        "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    );
    const Response interim = client.read_response();
    client.send("hello");
    const Response response = client.read_response();

    EXPECT_EQ(interim.status, 100);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
}

TEST(ExpectContinue, PassesOnTheAnswerOfAServerThatWantsNoBody) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            peer.read_head();
            peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
            );
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    const Response response = client.exchange(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n"
    );

    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.body, "no");
    EXPECT_EQ(proxy_error(response), "");
}

TEST(EarlyAnswer, ReachesAClientThatIsStillSending) {
    const Partner partner;
    const ScriptedServer server{
        partner.server(), [](Peer& peer) {
            peer.read_head();
            peer.write("HTTP/1.1 403 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nnever");
            while (!peer.read_some().empty()) {
            }
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nContent-Length: 10000000\r\n\r\n" + std::string(100'000, 'x')
    );
    const Response response = client.read_response();

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, "never");
}

// A part of a record waits for room then, and its way is gone, before the proxy hears of either:
// what the server has said is read all the same.
TEST(EarlyAnswer, ReachesAClientThoughTheServerResetsWhatItHasNotRead) {
    const Partner partner;
    std::atomic<bool> full = false;
    std::atomic<bool> held = false;
    std::atomic<bool> gone = false;
    const ScriptedServer server{
        partner.server(), [&](Peer& peer) {
            peer.read_head();
            peer.wait_until_full();
            full = true;
            wait_until("the proxy is held", [&] { return held.load(); });
            peer.write("HTTP/1.1 413 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nnever");
            peer.cut();
            gone = true;
        }};
    const ProxyUnderTest proxy{partner.configuration(server.port(), "retry: never", "workers: 1")};
    HttpClient client = proxy.connect();
    std::thread sending{[&client, &server] {
        try {
            client.send(absolute_post(server.authority(), "/", std::string(30'000'000, 'x')));
        } catch (const std::exception&) {
            // The rest is nobody's.
        }
    }};
    wait_until("all is full", [&] { return full.load(); });
    proxy.process().send_signal(SIGSTOP);
    held = true;
    wait_until("the server has gone", [&] { return gone.load(); });
    proxy.process().send_signal(SIGCONT);

    const Response response = client.read_response();
    sending.join();

    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.body, "never");
}

struct AmbiguousRow {
    std::string name;
    std::string fields;
    friend void PrintTo(const AmbiguousRow& row, std::ostream* out) { *out << row.name; }
};
class AmbiguousRequest : public testing::TestWithParam<AmbiguousRow> {};

TEST_P(AmbiguousRequest, Is400AndNothingOfItReachesTheServer) {
    const Partner partner;
    Nginx nginx{partner.nginx()};
    const ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();

    const Response response = client.exchange(
        "POST http://" + nginx.authority() + "/echo HTTP/1.1\r\n" + GetParam().fields +
        "\r\nhello" + absolute_get(nginx.authority(), "/whoami?smuggled")
    );

    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(proxy_error(response), "http_request_error");
    EXPECT_TRUE(client.closed_within(kPatience));
    EXPECT_TRUE(nginx.end_and_read_log().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, AmbiguousRequest,
    testing::Values(
        AmbiguousRow{
            "LengthAndChunked", "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"},
        AmbiguousRow{"TwoLengths", "Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n"},
        AmbiguousRow{"LengthList", "Host: a\r\nContent-Length: 5, 6\r\n"},
        AmbiguousRow{"NegativeLength", "Host: a\r\nContent-Length: -5\r\n"},
        AmbiguousRow{"SignedLength", "Host: a\r\nContent-Length: +5\r\n"},
        AmbiguousRow{"ChunkedTwice", "Host: a\r\nTransfer-Encoding: chunked, chunked\r\n"},
        AmbiguousRow{"ChunkedNotLast", "Host: a\r\nTransfer-Encoding: chunked, gzip\r\n"},
        AmbiguousRow{"UnknownCoding", "Host: a\r\nTransfer-Encoding: xchunked\r\n"},
        AmbiguousRow{"SpaceBeforeColon", "Host: a\r\nContent-Length : 5\r\n"},
        AmbiguousRow{"FoldedLine", "Host: a\r\nContent-Length:\r\n 5\r\n"},
        AmbiguousRow{"BareLineFeed", "Host: a\nContent-Length: 5\r\n"},
        AmbiguousRow{"TwoHosts", "Host: a\r\nHost: b\r\nContent-Length: 5\r\n"},
        AmbiguousRow{"NoHost", "Content-Length: 5\r\n"}
    ),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace countersign::tests
