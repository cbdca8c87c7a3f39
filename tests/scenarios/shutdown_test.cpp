#include <gtest/gtest.h>
#include <signal.h>

#include <future>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

/// A server that answers only when the test lets it.
struct SlowServer {
    explicit SlowServer(const Partner& partner)
        : server{partner.server(), [this](Peer& peer) {
                     if (peer.read_request().empty()) return;
                     got_request.set_value();
                     may_answer.get_future().wait();
                     peer.write(ok("finished"));
                 }} {}

    std::promise<void> got_request;
    std::promise<void> may_answer;
    ScriptedServer server;
};

TEST(Sigterm, LetsARunningExchangeFinishAndEndsWithStatus0) {
    const Partner partner;
    SlowServer slow{partner};
    ProxyUnderTest proxy{partner.configuration(slow.server.port())};
    HttpClient client = proxy.connect();
    client.send(absolute_get(slow.server.authority(), "/"));
    slow.got_request.get_future().wait();

    proxy.process().send_signal(SIGTERM);
    wait_until("new connections are refused", [&] {
        return !HttpClient::can_connect(proxy.port());
    });
    slow.may_answer.set_value();
    const Response response = client.read_response();

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "finished");
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

TEST(Sigterm, ClosesIdleConnectionsAtOnce) {
    const Partner partner;
    const Nginx nginx{partner.nginx()};
    ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient idle = proxy.connect();
    ASSERT_EQ(idle.exchange(absolute_get(nginx.authority(), "/whoami")).status, 200);

    proxy.process().send_signal(SIGTERM);

    EXPECT_TRUE(idle.closed_within(std::chrono::seconds{10}));
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

TEST(Sigterm, EndsWhatRunsWhenTheDrainIsOver) {
    const Partner partner;
    SlowServer slow{partner};
    ProxyUnderTest proxy{
        partner.configuration(slow.server.port(), {}, "shutdown: { drain: 300ms }")};
    HttpClient client = proxy.connect();
    client.send(absolute_get(slow.server.authority(), "/"));
    slow.got_request.get_future().wait();

    const auto status = proxy.stop();
    slow.may_answer.set_value();

    EXPECT_EQ(status, 0);
}

TEST(EndOfTheDrain, ResetsAClientWhoseBodyIsNotComplete) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    if (peer.read_request().empty()) return;
                                    // As large as all buffers on the way, and more: it is not
                                    // complete when the drain is over.
                                    std::string body =
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                                    body += "4000000\r\n" + std::string(0x4000000, 'x') + "\r\n";
                                    peer.write(body);
                                }};
    ProxyUnderTest proxy{partner.configuration(server.port(), {}, "shutdown: { drain: 100ms }")};
    HttpClient client = proxy.connect();
    client.send("GET http://" + server.authority() + "/ HTTP/1.0\r\n\r\n");
    Response response = client.read_head();

    EXPECT_EQ(proxy.stop(), 0);

    EXPECT_FALSE(client.read_body(response, [](std::string_view) {}));
}

TEST(SecondSigterm, StopsAtOnce) {
    const Partner partner;
    SlowServer slow{partner};
    ProxyUnderTest proxy{partner.configuration(slow.server.port())};
    HttpClient client = proxy.connect();
    client.send(absolute_get(slow.server.authority(), "/"));
    slow.got_request.get_future().wait();

    proxy.process().send_signal(SIGTERM);
    wait_until("the drain has begun", [&] { return !HttpClient::can_connect(proxy.port()); });
    proxy.process().send_signal(SIGTERM);

    EXPECT_TRUE(proxy.process().wait_for_exit(std::chrono::seconds{10}).has_value());
    slow.may_answer.set_value();
}

TEST(Sigint, StopsAsSigtermDoes) {
    const Partner partner;
    ProxyUnderTest proxy{partner.configuration(443)};

    proxy.process().send_signal(SIGINT);

    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

}  // namespace
}  // namespace countersign::tests
