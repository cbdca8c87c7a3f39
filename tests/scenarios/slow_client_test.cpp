// Clients that take their time, and what that costs the others.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr std::string_view kSmall = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::size_t kLarge = 700 * 1024;
constexpr std::size_t kBody = 1000;

std::string large_body() {
    std::string body;
    for (unsigned i = 0; body.size() < kLarge; ++i) body += std::to_string(i) + ",";
    body.resize(kLarge);
    return body;
}

/// A server that counts with how many connections it waits for the rest of a request.
class Waiting {
public:
    /// GET /large has a large answer, anything else a small one.
    ScriptedServer::Behaviour behaviour() {
        return [this](Peer& peer) {
            for (;;) {
                const std::string head = peer.read_head();
                if (head.empty()) return;
                if (head.starts_with("POST ")) take_body(peer);
                if (head.starts_with("GET /large")) {
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kLarge));
                    peer.write("\r\n\r\n" + large_body());
                } else {
                    peer.write(kSmall);
                }
            }
        };
    }
    int most() const { return most_; }
    int whole() const { return whole_; }

private:
    void take_body(Peer& peer) {
        const int now = ++now_;
        int most = most_;
        while (now > most && !most_.compare_exchange_weak(most, now)) {
        }
        std::string body;
        while (body.size() < kBody) {
            const std::string some = peer.read_some(kBody - body.size());
            if (some.empty()) break;
            body += some;
        }
        --now_;
        if (body == std::string(kBody, 'x')) ++whole_;
    }

    std::atomic<int> now_{0};
    std::atomic<int> most_{0};
    std::atomic<int> whole_{0};
};

class SlowClients : public testing::Test {
protected:
    std::string with(std::uint16_t port, const std::string& pool, const std::string& limits) {
        return partner_.configuration(
            port, "pool: { " + pool + ", wait_timeout: 30s }",
            "workers: 1\nlisteners:\n  - { name: apps, address: 127.0.0.1:0 }\n"
            "  - { name: local, address: \"unix:" +
                socket() + "\" }\n" +
                (limits.empty() ? std::string{} : "limits: { " + limits + " }\n")
        );
    }
    std::string socket() const { return (partner_.files() / "apps.sock").string(); }
    /// Takes nothing: at a unix socket, whose room does not grow.
    HttpClient begin_download(const std::string& authority) const {
        HttpClient client = HttpClient::unix_socket(socket());
        client.send(absolute_get(authority, "/large"));
        return client;
    }
    /// The head of a POST, and ten bytes of its body.
    HttpClient begin_upload(const ProxyUnderTest& proxy, const std::string& authority) {
        HttpClient client = proxy.connect();
        client.send(
            "POST http://" + authority + "/upload HTTP/1.1\r\nHost: " + authority +
            "\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n" + std::string(10, 'x')
        );
        return client;
    }
    void expect_good(const ProxyUnderTest& proxy, const std::string& authority, int count) {
        HttpClient good = proxy.connect();
        for (int i = 0; i < count; ++i) {
            ASSERT_EQ(good.exchange(absolute_get(authority, "/whoami")).status, 200);
        }
    }

    Partner partner_;
    Waiting waiting_;
};

TEST_F(SlowClients, WhoSendABodyByBytesHoldAQuarterOfTheConnectionsAtMost) {
    const ScriptedServer server{partner_.server(), waiting_.behaviour()};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 8", "")};
    std::vector<HttpClient> slow;
    for (int i = 0; i < 40; ++i) slow.push_back(begin_upload(proxy, server.authority()));
    wait_until("the first uploads", [&] { return waiting_.most() == 2; });

    expect_good(proxy, server.authority(), 20);
    for (HttpClient& one : slow) one.send("x");
    expect_good(proxy, server.authority(), 20);

    EXPECT_EQ(waiting_.most(), 2);
    for (HttpClient& one : slow) one.send(std::string(kBody - 11, 'x'));
    for (HttpClient& one : slow) EXPECT_EQ(one.read_response().status, 200);
    EXPECT_EQ(waiting_.whole(), 40);
}

TEST_F(SlowClients, WhoSendABodyByBytesWaitWithoutAConnectionWhereThereAreFewerThanFour) {
    const ScriptedServer server{partner_.server(), waiting_.behaviour()};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 1", "")};
    std::vector<HttpClient> slow;
    for (int i = 0; i < 10; ++i) slow.push_back(begin_upload(proxy, server.authority()));

    expect_good(proxy, server.authority(), 20);

    EXPECT_EQ(waiting_.most(), 0);
    for (HttpClient& one : slow) one.send(std::string(kBody - 10, 'x'));
    for (HttpClient& one : slow) EXPECT_EQ(one.read_response().status, 200);
    EXPECT_EQ(waiting_.whole(), 10);
}

TEST_F(SlowClients, ABodyThatFillsABufferHasAConnectionBeforeItIsWhole) {
    std::atomic<bool> begun{false};
    const ScriptedServer server{partner_.server(), [&](Peer& peer) {
                                    if (peer.read_head().empty()) return;
                                    begun = true;
                                    std::size_t size = 0;
                                    while (size < 300'000) {
                                        const std::string some = peer.read_some();
                                        if (some.empty()) return;
                                        size += some.size();
                                    }
                                    peer.write(kSmall);
                                }};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 1", "")};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nContent-Length: 300000\r\n\r\n" + std::string(150'000, 'x')
    );

    wait_until("the upload", [&] { return begun.load(); });
    client.send(std::string(150'000, 'x'));
    EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(SlowClients, WhoWaitsForTheServersWordHasAConnectionAtOnce) {
    const ScriptedServer server{partner_.server(), [&](Peer& peer) {
                                    if (peer.read_head().empty()) return;
                                    peer.write("HTTP/1.1 100 Continue\r\n\r\n");
                                    if (peer.read_some().size() == 4) peer.write(kSmall);
                                }};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 1", "")};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    );

    EXPECT_EQ(client.read_response().status, 100);
    client.send("body");
    EXPECT_EQ(client.read_response().status, 200);
}

// The server does not know Expect, and waits for the body; the client waits for its word.
TEST_F(SlowClients, WhoWaitsForAWordThatNeverComesIsToldWhoseItIs) {
    const ScriptedServer server{partner_.server(), [](Peer& peer) { peer.read_request(); }};
    const ProxyUnderTest proxy{partner_.configuration(
        server.port(), "timeouts: { request_idle: 100ms, response_header: 300ms }", "workers: 1\n"
    )};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    );

    const Response answer = client.read_response();
    EXPECT_EQ(answer.status, 504);
    EXPECT_NE(
        answer.body.find("answered neither \\\"100 Continue\\\" nor anything else within 300ms "
                         "(timeouts.response_header)"),
        std::string::npos
    ) << answer.body;
    EXPECT_NE(answer.body.find("have the client leave Expect out"), std::string::npos);
}

struct WaitingBody {
    const char* name;
    const char* fields;
    const char* body;  ///< its rest, behind what came with the head
    int status;
    const char* reason;
};

class WaitsForItsBody : public SlowClients, public testing::WithParamInterface<WaitingBody> {};

TEST_P(WaitsForItsBody, AndIsRefusedWithoutAConnection) {
    const ScriptedServer server{partner_.server(), waiting_.behaviour()};
    const ProxyUnderTest proxy{partner_.configuration(
        server.port(), "pool: { max_connections: 1 }, timeouts: { request_idle: 300ms }",
        "workers: 1\nlimits: { body_bytes: 20 }\n"
    )};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() + "\r\n" +
        GetParam().fields + "\r\n\r\n"
    );
    client.send(GetParam().body);

    const Response answer = client.read_response();
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_NE(answer.body.find(GetParam().reason), std::string::npos) << answer.body;
    EXPECT_EQ(server.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, WaitsForItsBody,
    testing::Values(
        WaitingBody{"Late", "Content-Length: 10", "12345", 408, "in time"},
        WaitingBody{"Malformed", "Transfer-Encoding: chunked", "zz\r\n", 400, "chunked"},
        WaitingBody{
            "TooLarge", "Transfer-Encoding: chunked", "20\r\n012345678901234567890", 413,
            "larger than 20 bytes"}
    ),
    [](const auto& row) { return std::string{row.param.name}; }
);

TEST_F(SlowClients, WhoDoNotReadKeepNoConnectionWaiting) {
    const ScriptedServer server{partner_.server(), waiting_.behaviour()};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 4", "")};
    std::vector<HttpClient> slow;
    for (int i = 0; i < 12; ++i) slow.push_back(begin_download(server.authority()));

    expect_good(proxy, server.authority(), 20);
    // Longer than a client may lag behind limits.client_min_rate while others wait: none does now.
    std::this_thread::sleep_for(std::chrono::seconds{4});

    const std::string whole = large_body();
    for (HttpClient& one : slow) {
        const Response response = one.read_response();
        EXPECT_TRUE(response.complete);
        EXPECT_EQ(response.body, whole);
        EXPECT_EQ(one.exchange(absolute_get(server.authority(), "/whoami")).status, 200);
    }
    EXPECT_LE(server.connections(), 4) << "the connections serve again";
}

TEST_F(SlowClients, KeepNoPlaceOfAServerThatClosesItsConnections) {
    const ScriptedServer server{partner_.server(), [](Peer& peer) -> void {
                                    const std::string head = peer.read_head();
                                    if (!head.starts_with("GET /large")) {
                                        peer.write(kSmall);
                                        return;
                                    }
                                    peer.write(
                                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                                        std::to_string(kLarge) + "\r\n\r\n" + large_body()
                                    );
                                }};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 1", "")};
    HttpClient slow = begin_download(server.authority());
    wait_until("it has the connection", [&] { return server.connections() == 1; });

    expect_good(proxy, server.authority(), 1);

    const Response response = slow.read_response();
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.body, large_body());
}

TEST_F(SlowClients, AreCutBelowTheLeastRateWhileOthersWait) {
    const ScriptedServer server{partner_.server(), waiting_.behaviour()};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 4", "buffered: 0")};
    std::vector<HttpClient> slow;
    for (int i = 0; i < 3; ++i) slow.push_back(begin_upload(proxy, server.authority()));
    slow.push_back(begin_download(server.authority()));
    wait_until("the uploads", [&] { return waiting_.most() == 3; });

    expect_good(proxy, server.authority(), 1);

    int cut = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        slow[i].send(std::string(kBody - 10, 'x'));
        const Response response = slow[i].read_response();
        if (response.status == 200) continue;
        ++cut;
        EXPECT_EQ(response.status, 408);
        EXPECT_NE(response.body.find("limits.client_min_rate (1024 bytes"), std::string::npos)
            << response.body;
    }
    const bool reader_cut = !slow.back().read_response().complete;
    EXPECT_GE(cut + (reader_cut ? 1 : 0), 1);
}

TEST_F(SlowClients, AreNotCutWhileNobodyWaits) {
    const ScriptedServer server{partner_.server(), waiting_.behaviour()};
    const ProxyUnderTest proxy{with(server.port(), "max_connections: 4", "client_min_rate: 1GiB")};
    HttpClient slow = begin_upload(proxy, server.authority());
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(slow.closed_within(std::chrono::milliseconds{1000}));
        slow.send("x");
    }

    slow.send(std::string(kBody - 14, 'x'));

    EXPECT_EQ(slow.read_response().status, 200);
}

}  // namespace
}  // namespace countersign::tests
