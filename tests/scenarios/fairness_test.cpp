// Clients that are unkind to a worker which others share.
#include "tests/scenarios/fairness.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace countersign::tests {
namespace {

TEST_F(Fairness, WhoSendsRefusedRequestsAheadDoesNotKeepTheOthersWaiting) {
    const ScriptedServer server{partner_.server(), good_or([](Peer&) {})};
    const ProxyUnderTest proxy{one_worker(server.port())};
    std::string requests;
    while (requests.size() < 64 * 1024)
        requests += "GET http://none.invalid/ HTTP/1.1\r\nHost: a\r\n\r\n";

    // An answer has some 600 bytes, a turn four of them, and an exchange takes a few turns.
    expect_fair(
        proxy, absolute_get(server.authority(), "/whoami"), 500'000,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            std::string_view left = requests;
            while (!stop) {
                left.remove_prefix(client.send_some(left, std::chrono::milliseconds{0}));
                if (left.empty()) left = requests;
                got += take(client.descriptor());
            }
        }
    );
}

// To connect to a unix socket costs less than to accept: there is always another one.
TEST_F(Fairness, WhoConnectsWithoutEndDoesNotKeepTheOthersWaiting) {
    const ScriptedServer server{partner_.server(), good_or([](Peer&) {})};
    const ProxyUnderTest proxy{one_worker(server.port(), "1MiB", with_unix_socket())};

    expect_fair(
        proxy, absolute_get(server.authority(), "/whoami"), 1'500,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& connections) {
            while (!stop) {
                HttpClient::unix_socket(unix_socket());
                ++connections;
            }
        }
    );
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
