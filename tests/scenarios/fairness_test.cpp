// What one client or server does to a worker that others share. Measured in what the unkind one
// gets done while a good client has one exchange: the machine's speed is in both.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <stdexcept>
#include <thread>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr int kExchanges = 30;

/// Goes on until it is told to stop, and counts the bytes that it got through the proxy.
using Unkind =
    std::function<void(const std::atomic<bool>& stop, std::atomic<std::uint64_t>& bytes)>;

/// An unkind one on a thread of its own, which is stopped when this goes, whatever the test did.
class AtIt {
public:
    explicit AtIt(const Unkind& unkind)
        : thread_{[this, unkind] {
              try {
                  unkind(stop_, bytes_);
              } catch (const std::runtime_error& error) {
                  ADD_FAILURE() << error.what();
              }
          }} {}
    ~AtIt() {
        stop_ = true;
        thread_.join();
    }
    AtIt(const AtIt&) = delete;
    AtIt& operator=(const AtIt&) = delete;

    std::uint64_t bytes() const { return bytes_; }

private:
    std::atomic<bool> stop_ = false;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::thread thread_;
};

/// The bytes of the unkind one for each exchange of a good client.
struct BytesForAnExchange {
    std::uint64_t least = UINT64_MAX;  ///< of a few attempts
    std::uint64_t mean = 0;
};

BytesForAnExchange measure(
    const ProxyUnderTest& proxy, const std::string& good_request, const Unkind& unkind
) {
    constexpr int kAttempts = 4;
    const AtIt other{unkind};
    wait_until("the unkind one is at it", [&] { return other.bytes() > 0; });
    HttpClient good = proxy.connect();
    EXPECT_EQ(good.exchange(good_request).status, 200);
    const std::uint64_t start = other.bytes();
    BytesForAnExchange bytes;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const std::uint64_t before = other.bytes();
        for (int i = 0; i < kExchanges; ++i) EXPECT_EQ(good.exchange(good_request).status, 200);
        bytes.least = std::min(bytes.least, (other.bytes() - before) / kExchanges);
    }
    EXPECT_GT(other.bytes(), start) << "it has ended, and proves nothing";
    bytes.mean = (other.bytes() - start) / (kAttempts * kExchanges);
    return bytes;
}

/// The least: on a busy machine the good client may have to wait for others than the proxy.
std::uint64_t bytes_for_an_exchange(
    const ProxyUnderTest& proxy, const std::string& good_request, const Unkind& unkind
) {
    return measure(proxy, good_request, unkind).least;
}

/// What there is, or comes in a moment; the number of bytes.
std::size_t take(const HttpClient& client) {
    std::array<char, 65536> some;
    pollfd waiting{client.descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, 1);
    const ssize_t got = ::recv(client.descriptor(), some.data(), some.size(), MSG_DONTWAIT);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

class Fairness : public testing::Test {
protected:
    /// `most`: of a request's body; 0: any.
    std::string one_worker(std::uint16_t port, const std::string& most = "1MiB") const {
        return partner_.configuration(port, {}, "workers: 1\nlimits: { body_bytes: " + most + " }");
    }

    Partner partner_;
    Nginx nginx_{partner_.nginx()};
};

TEST_F(Fairness, WhoSendsRefusedRequestsAheadDoesNotKeepTheOthersWaiting) {
    const ProxyUnderTest proxy{one_worker(nginx_.port())};
    std::string requests;
    while (requests.size() < 64 * 1024)
        requests += "GET http://none.invalid/ HTTP/1.1\r\nHost: a\r\n\r\n";

    const std::uint64_t bytes = bytes_for_an_exchange(
        proxy, absolute_get(nginx_.authority(), "/whoami"),
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            std::string_view left = requests;
            while (!stop) {
                left.remove_prefix(client.send_some(left, std::chrono::milliseconds{0}));
                if (left.empty()) left = requests;
                got += take(client);
            }
        }
    );

    // An answer has some 600 bytes, a turn four of them, and an exchange takes a few turns.
    EXPECT_LT(bytes, 500'000U);
}

TEST_F(Fairness, WhoseResponseIsRecodedDoesNotKeepTheOthersWaiting) {
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    const ScriptedServer server{
        partner_.server(), [&](Peer& peer) {
            if (peer.read_request().find("/whoami") != std::string::npos) {
                peer.write(ok("me"));
                return;
            }
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (peer.write(chunk)) {
            }
        }};
    const ProxyUnderTest proxy{one_worker(server.port())};

    const std::uint64_t bytes = bytes_for_an_exchange(
        proxy, absolute_get(server.authority(), "/whoami"),
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            client.send("GET http://" + server.authority() + "/endless HTTP/1.0\r\n\r\n");
            while (!stop) got += take(client);
        }
    );

    EXPECT_LT(bytes, 16U << 20);
}

std::string interim_responses() {
    std::string many;
    while (many.size() < 64 * 1024) many += "HTTP/1.1 102 Processing\r\n\r\n";
    return many;
}

TEST_F(Fairness, AServerThatSendsInterimResponsesWithoutEndDoesNotKeepTheOthersWaiting) {
    const ScriptedServer server{partner_.server(), [](Peer& peer) {
                                    if (peer.read_request().find("/whoami") != std::string::npos) {
                                        peer.write(ok("me"));
                                        return;
                                    }
                                    while (peer.write(interim_responses())) {
                                    }
                                }};
    const ProxyUnderTest proxy{one_worker(server.port())};

    const std::uint64_t bytes = bytes_for_an_exchange(
        proxy, absolute_get(server.authority(), "/whoami"),
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            client.send(absolute_get(server.authority(), "/endless"));
            while (!stop) got += take(client);
        }
    );

    // Each of them, 27 bytes, is a turn; without turns it was 700,000.
    EXPECT_LT(bytes, 200'000U);
}

// An HTTP/1.0 client sees none of them, so that it cannot hold them back.
TEST_F(Fairness, InterimResponsesThatTheClientDoesNotSeeDoNotKeepTheOthersWaiting) {
    std::atomic<std::uint64_t> sent = 0;
    const ScriptedServer server{partner_.server(), [&](Peer& peer) {
                                    if (peer.read_request().find("/whoami") != std::string::npos) {
                                        peer.write(ok("me"));
                                        return;
                                    }
                                    const std::string many = interim_responses();
                                    while (peer.write(many)) sent += many.size();
                                }};
    const ProxyUnderTest proxy{one_worker(server.port())};

    const BytesForAnExchange bytes = measure(
        proxy, absolute_get(server.authority(), "/whoami"),
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            client.send("GET http://" + server.authority() + "/endless HTTP/1.0\r\n\r\n");
            while (!stop) {
                take(client);
                got = sent.load();
            }
        }
    );

    // Half a MiB to one, and without turns 7 to 40: long waits now and then, which the least would
    // hide.
    EXPECT_LT(bytes.mean, 4U << 20);
}

TEST_F(Fairness, WhoGoesOnSendingARefusedBodyDoesNotKeepTheOthersWaiting) {
    const ProxyUnderTest proxy{one_worker(nginx_.port())};
    const std::string body(256 * 1024, 'x');

    const std::uint64_t bytes = bytes_for_an_exchange(
        proxy, absolute_get(nginx_.authority(), "/whoami"),
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& sent) {
            while (!stop) {
                HttpClient client = proxy.connect();
                client.send(
                    "POST http://" + nginx_.authority() + "/ HTTP/1.1\r\nHost: " +
                    nginx_.authority() + "\r\nContent-Length: 1000000000000\r\n\r\n"
                );
                while (!stop) {
                    const std::size_t some = client.send_some(body, std::chrono::milliseconds{50});
                    if (some == 0) break;
                    sent += some;
                }
            }
        }
    );

    EXPECT_LT(bytes, 4U << 20);
}

TEST_F(Fairness, AServerThatDoesNotReadDoesNotKeepTheOthersWaiting) {
    std::atomic<bool> stuck = false;
    const ScriptedServer deaf{partner_.server(), [&](Peer& peer) {
                                  if (peer.read_head().find("/whoami") != std::string::npos) {
                                      peer.write(ok("me"));
                                      return;
                                  }
                                  while (!stuck) {
                                      if (!peer.stays(std::chrono::milliseconds{10})) return;
                                  }
                                  peer.ask_for_key_update();
                                  peer.write("HTTP/1.1 103 Early Hints\r\n\r\n");
                                  while (peer.stays(kPatience)) {
                                  }
                              }};
    const ProxyUnderTest proxy{one_worker(deaf.port(), "0")};
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

    HttpClient good = proxy.connect();
    for (int i = 0; i < kExchanges; ++i) {
        EXPECT_EQ(good.exchange(absolute_get(deaf.authority(), "/whoami")).status, 200);
    }
}

TEST_F(Fairness, WhoDoesNotReadTheLogKeepsNobodyWaitingAndNoStop) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const FileDescriptor never_read{ends[0]};
    FileDescriptor log{ends[1]};
    ::fcntl(log.get(), F_SETPIPE_SZ, 4096);
    const auto socket = partner_.files() / "apps.sock";
    const auto file = partner_.files().write(
        "countersign.yaml",
        partner_.configuration(443, {}, "workers: 1\nunmatched: report\nlog: { access: \"off\" }") +
            "listeners: [{ name: local, address: \"unix:" + socket.string() + "\" }]\n"
    );
    Process::Options options;
    options.inherited = {log.get()};
    Process proxy{
        {"/bin/sh", "-c", "exec \"$0\" run -c \"$1\" 2>/proc/self/fd/" + std::to_string(log.get()),
         countersign_binary(), file.string()},
        options};
    log = FileDescriptor{};
    std::optional<HttpClient> client;
    wait_until("the listener", [&] {
        try {
            client = HttpClient::unix_socket(socket);
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    });

    // A warning for each of them: some sixty times what the pipe holds.
    const ClosedPort closed;
    for (int i = 0; i < 900; ++i) {
        const std::string nobody = "127.9." + std::to_string(i / 200) + "." +
                                   std::to_string(i % 200 + 1) + ":" +
                                   std::to_string(closed.port());
        EXPECT_EQ(client->exchange(absolute_get(nobody, "/")).status, 502);
    }

    proxy.send_signal(SIGTERM);
    EXPECT_EQ(proxy.wait_for_exit(), 0);
}

}  // namespace
}  // namespace countersign::tests
