// Bodies without end beside a good client's small exchanges.
#include <sys/socket.h>

#include "tests/scenarios/fairness.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

/// In segments of the size that networks have: what is on its way never ends.
ScriptedServer::Options flowing(ScriptedServer::Options options) {
    options.segment = 1448;
    return options;
}

constexpr std::string_view kEndless = "Content-Length: 1000000000000\r\n\r\n";

// One thread is at both ends, so that it is faster than the proxy, which copies twice: no side
// ever has to wait.
TEST_F(Fairness, ATunnelThatIsBusyBothWaysDoesNotKeepTheOthersWaiting) {
    const ScriptedServer good{partner_.server(), good_or([](Peer&) {})};
    const ProxyUnderTest proxy{one_worker(good.port(), "1MiB", local_tunnels())};
    const std::string bytes(256 * 1024, 'x');

    expect_fair(
        proxy, absolute_get(good.authority(), "/whoami"), 10U << 20,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& done) {
            const ListeningSocket there;
            const HttpClient client = open_tunnel(proxy, both_loopbacks(there.port()));
            const FileDescriptor server{
                ::accept4(there.descriptor(), nullptr, nullptr, SOCK_CLOEXEC)};
            while (!stop) {
                for (const int end : {client.descriptor(), server.get()}) {
                    ::send(end, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
                    done += take(end, std::chrono::milliseconds{0});
                }
            }
        }
    );
}

TEST_F(Fairness, WhoseDownloadDoesNotEndDoesNotKeepTheOthersWaiting) {
    const ScriptedServer server{flowing(partner_.server()), good_or([](Peer& peer) {
                                    const std::string body(1 << 20, 'x');
                                    peer.write("HTTP/1.1 200 OK\r\n" + std::string{kEndless});
                                    while (peer.write(body)) {
                                    }
                                })};
    const ProxyUnderTest proxy{one_worker(server.port())};

    expect_fair(
        proxy, absolute_get(server.authority(), "/whoami"), 8U << 20,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            client.send(absolute_get(server.authority(), "/endless"));
            while (!stop) got += take(client.descriptor());
        }
    );
}

TEST_F(Fairness, WhoseResponseIsRecodedDoesNotKeepTheOthersWaiting) {
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    const ScriptedServer server{
        flowing(partner_.server()), good_or([&](Peer& peer) {
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (peer.write(chunk)) {
            }
        })};
    const ProxyUnderTest proxy{one_worker(server.port())};

    expect_fair(
        proxy, absolute_get(server.authority(), "/whoami"), 6U << 20,
        [&](const std::atomic<bool>& stop, std::atomic<std::uint64_t>& got) {
            HttpClient client = proxy.connect();
            client.send("GET http://" + server.authority() + "/endless HTTP/1.0\r\n\r\n");
            while (!stop) got += take(client.descriptor());
        }
    );
}

}  // namespace
}  // namespace countersign::tests
