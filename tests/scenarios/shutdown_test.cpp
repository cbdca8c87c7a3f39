#include <gtest/gtest.h>
#include <signal.h>

#include <future>

#include "tests/scenarios/scenario.hpp"
#include "tests/support/listening_sockets.hpp"

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

    const ListeningSockets listening{proxy.port()};
    proxy.process().send_signal(SIGTERM);
    listening.wait_until_closed();
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
                                    peer.write(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        "100000\r\n" +
                                        std::string(0x100000, 'x') + "\r\n"
                                    );
                                    peer.read_some();  // the last chunk never comes
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

    const ListeningSockets listening{proxy.port()};
    proxy.process().send_signal(SIGTERM);
    listening.wait_until_closed();
    proxy.process().send_signal(SIGTERM);

    EXPECT_TRUE(proxy.process().wait_for_exit(std::chrono::seconds{10}).has_value());
    slow.may_answer.set_value();
}

class OtherSignal : public testing::TestWithParam<int> {};

TEST_P(OtherSignal, StopsAsSigtermDoes) {
    const Partner partner;
    SlowServer slow{partner};
    ProxyUnderTest proxy{partner.configuration(slow.server.port())};
    HttpClient client = proxy.connect();
    client.send(absolute_get(slow.server.authority(), "/"));
    slow.got_request.get_future().wait();

    const ListeningSockets listening{proxy.port()};
    proxy.process().send_signal(GetParam());
    listening.wait_until_closed();
    slow.may_answer.set_value();

    EXPECT_EQ(client.read_response().body, "finished");
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Signals, OtherSignal, testing::Values(SIGINT, SIGQUIT, SIGALRM),
    [](const auto& row) { return std::string{::sigabbrev_np(row.param)}; }
);

TEST(ShutdownDelay, GoesOnListeningForSoLong) {
    const Partner partner;
    const ScriptedServer server{partner.server(), [](Peer& peer) {
                                    while (!peer.read_request().empty()) peer.write(ok("here"));
                                }};
    ProxyUnderTest proxy{
        partner.configuration(server.port(), {}, "shutdown: { delay: 5s, drain: 10s }")};
    const auto start = std::chrono::steady_clock::now();

    const ListeningSockets listening{proxy.port()};
    proxy.process().send_signal(SIGTERM);
    wait_until("it is told", [&] {
        return proxy.log().find("SIGTERM: listening for 5000 ms more, then draining, for 10000 ms"
               ) != std::string::npos;
    });

    EXPECT_EQ(proxy.exchange(absolute_get(server.authority(), "/")).status, 200);
    listening.wait_until_closed();
    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
}

TEST(ShutdownDelay, IsCutShortByASecondSignal) {
    const Partner partner;
    ProxyUnderTest proxy{partner.configuration(443, {}, "shutdown: { delay: 10m }")};

    proxy.process().send_signal(SIGTERM);
    wait_until("it is told", [&] {
        return proxy.log().find("listening for 600000 ms more") != std::string::npos;
    });
    proxy.process().send_signal(SIGTERM);

    EXPECT_EQ(proxy.process().wait_for_exit(), 0);
}

}  // namespace
}  // namespace countersign::tests
