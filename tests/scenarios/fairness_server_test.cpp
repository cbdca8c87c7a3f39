// Servers that are unkind to a worker which others share.
#include "tests/scenarios/fairness.hpp"

namespace countersign::tests {
namespace {

std::string interim_responses() {
    std::string many;
    while (many.size() < 64 * 1024) many += "HTTP/1.1 102 Processing\r\n\r\n";
    return many;
}

TEST_F(Fairness, AServerThatSendsInterimResponsesWithoutEndDoesNotKeepTheOthersWaiting) {
    const ScriptedServer server{partner_.server(), good_or([](Peer& peer) {
                                    while (peer.write(interim_responses())) {
                                    }
                                })};
    const ProxyUnderTest proxy{one_worker(server.port())};

    // Some 10,000: each of them, 27 bytes, is a turn. They cannot come faster than the client takes
    // them, and without any turn it is 400,000 to a million.
    expect_fair(
        proxy, absolute_get(server.authority(), "/whoami"), 150'000,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            client.send(absolute_get(server.authority(), "/endless"));
            while (!stop) got += take(client.descriptor());
        }
    );
}

// An HTTP/1.0 client sees none of them, so that it cannot hold them back.
TEST_F(Fairness, InterimResponsesThatTheClientDoesNotSeeDoNotKeepTheOthersWaiting) {
    std::atomic<std::uint64_t> sent = 0;
    const ScriptedServer server{partner_.server(), good_or([&](Peer& peer) {
                                    const std::string many = interim_responses();
                                    while (peer.write(many)) sent += many.size();
                                })};
    const ProxyUnderTest proxy{one_worker(server.port())};

    // Half a MiB to one; without turns no exchange ends.
    expect_fair(
        proxy, absolute_get(server.authority(), "/whoami"), 4U << 20,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& done) {
            HttpClient client = proxy.connect();
            client.send("GET http://" + server.authority() + "/endless HTTP/1.0\r\n\r\n");
            while (!stop) {
                take(client.descriptor());
                done += sent.exchange(0);
            }
        }
    );
}

TEST_F(Fairness, AServerThatDoesNotReadDoesNotKeepTheOthersWaiting) {
    std::atomic<bool> stuck = false;
    const ScriptedServer deaf{partner_.server(), good_or([&](Peer& peer) {
                                  while (!stuck) {
                                      if (!peer.stays(std::chrono::milliseconds{10})) return;
                                  }
                                  peer.ask_for_key_update();
                                  peer.write("HTTP/1.1 103 Early Hints\r\n\r\n");
                                  while (peer.stays(kPatience)) {
                                  }
                              })};
    const ProxyUnderTest proxy{one_worker(deaf.port(), "0")};
    const std::string good_request = absolute_get(deaf.authority(), "/whoami");
    HttpClient good = proxy.connect();
    EXPECT_EQ(good.exchange(good_request).status, 200);
    const Took limit = limit_beside(p99([&] { return time_of(good, good_request); }));
    HttpClient uploading = proxy.connect();
    uploading.send(
        "POST http://" + deaf.authority() + "/ HTTP/1.1\r\nHost: " + deaf.authority() +
        "\r\nContent-Length: 1000000000000\r\n\r\n"
    );
    const std::string body(256 * 1024, 'x');
    while (uploading.send_some(body, std::chrono::milliseconds{1'000}) > 0) {
    }
    stuck = true;
    EXPECT_EQ(uploading.read_response().status, 103);

    Took beside = Took::max();
    for (int round = 0; round < kRounds && beside > limit; ++round) {
        beside = p99([&] { return time_of(good, good_request); }, limit);
    }
    EXPECT_LE(beside, limit);
    // Nor does the worker look in vain, again and again, in turns that it gives to the others.
    const std::chrono::nanoseconds before = proxy.process().cpu_time();
    EXPECT_FALSE(uploading.closed_within(std::chrono::milliseconds{500}));
    EXPECT_LT(proxy.process().cpu_time() - before, std::chrono::milliseconds{50});
}

}  // namespace
}  // namespace countersign::tests
