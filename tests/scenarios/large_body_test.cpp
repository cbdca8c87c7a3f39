#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <iostream>
#include <thread>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {
namespace {

constexpr std::uint64_t kGiB = 1024ULL * 1024 * 1024;
constexpr std::size_t kMemoryLimit = 64ULL * 1024 * 1024;

/// Bytes that differ from place to place, with a period that no buffer has.
std::string pattern() {
    std::string text;
    for (unsigned i = 0; text.size() < 1'000'003; ++i) text += std::to_string(i * 2654435761U);
    text.resize(1'000'003);
    return text;
}

/// Whether a stream is the pattern over and over.
class PatternCheck {
public:
    void take(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t at = total_ % pattern_.size();
            const std::size_t size = std::min(bytes.size(), pattern_.size() - at);
            same_ = same_ && bytes.substr(0, size) == std::string_view{pattern_}.substr(at, size);
            total_ += size;
            bytes.remove_prefix(size);
        }
    }
    bool same() const { return same_; }
    std::uint64_t total() const { return total_; }

private:
    std::string pattern_ = pattern();
    std::uint64_t total_ = 0;
    bool same_ = true;
};

template <class Write>
void write_pattern(std::uint64_t size, Write write) {
    const std::string piece = pattern();
    for (std::uint64_t left = size; left > 0;) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
        write(std::string_view{piece}.substr(0, count));
        left -= count;
    }
}

void expect_bounded_memory(ProxyUnderTest& proxy) {
    const std::size_t peak = proxy.process().peak_memory_bytes();
    std::cout << "most memory held by the proxy: " << peak / 1024 << " KiB\n";
    testing::Test::RecordProperty("peak_memory_kib", std::to_string(peak / 1024));
    EXPECT_LT(peak, kMemoryLimit);
}

TEST(LargeDownload, OfOneGibibyteFromNginxArrivesWholeInBoundedMemory) {
    const Partner partner;
    auto options = partner.nginx();
    options.big_file_bytes = kGiB;
    const Nginx nginx{options};
    ProxyUnderTest proxy{partner.configuration(nginx.port())};
    HttpClient client = proxy.connect();
    std::uint64_t total = 0;

    client.send(absolute_get(nginx.authority(), "/big"));
    Response response = client.read_head();
    const bool complete =
        client.read_body(response, [&](std::string_view piece) { total += piece.size(); });

    EXPECT_TRUE(complete);
    EXPECT_EQ(total, kGiB);
    expect_bounded_memory(proxy);
}

TEST(LargeTransfer, OfOneGibibyteUpAndOneDownArrivesUnchangedInBoundedMemory) {
    const Partner partner;
    std::atomic<bool> upload_same = false;
    std::atomic<std::uint64_t> upload_total = 0;
    const ScriptedServer server{
        partner.strict_server(), [&](Peer& peer) {
            peer.read_head();
            PatternCheck check;
            while (check.total() < kGiB) {
                const std::string bytes = peer.read_some();
                if (bytes.empty()) break;
                check.take(bytes);
            }
            upload_same = check.same();
            upload_total = check.total();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kGiB) + "\r\n\r\n");
            write_pattern(kGiB, [&](std::string_view piece) { peer.write(piece); });
        }};
    ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    client.send(
        "POST http://" + server.authority() + "/ HTTP/1.1\r\nHost: " + server.authority() +
        "\r\nContent-Length: " + std::to_string(kGiB) + "\r\n\r\n"
    );
    write_pattern(kGiB, [&](std::string_view piece) { client.send(piece); });
    Response response = client.read_head();
    PatternCheck download;
    const bool complete =
        client.read_body(response, [&](std::string_view piece) { download.take(piece); });

    EXPECT_TRUE(upload_same);
    EXPECT_EQ(upload_total, kGiB);
    EXPECT_TRUE(complete);
    EXPECT_TRUE(download.same());
    EXPECT_EQ(download.total(), kGiB);
    expect_bounded_memory(proxy);
}

TEST(SlowReader, HoldsTheServerBackInsteadOfFillingMemory) {
    const Partner partner;
    std::atomic<std::uint64_t> written = 0;
    std::atomic<bool> done = false;
    const ScriptedServer server{
        partner.server(), [&](Peer& peer) {
            peer.read_head();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kGiB) + "\r\n\r\n");
            write_pattern(kGiB, [&](std::string_view piece) {
                if (peer.write(piece)) written += piece.size();
            });
            done = true;
        }};
    ProxyUnderTest proxy{partner.configuration(server.port())};
    HttpClient client = proxy.connect();

    // The client reads the head and nothing else; what fills up are the sockets' buffers, tens of
    // megabytes at most.
    client.send(absolute_get(server.authority(), "/"));
    client.read_head();
    wait_until("bytes flow", [&] { return written > 0; });
    std::uint64_t last = 0;
    int looks_without_change = 0;
    wait_until("the server is held back", [&] {
        looks_without_change = written == last ? looks_without_change + 1 : 0;
        last = written;
        return looks_without_change > 200;
    });

    EXPECT_FALSE(done);
    EXPECT_LT(last, kGiB / 8);
    expect_bounded_memory(proxy);
}

TEST(LargeTunnel, Of256MebibytesEachWayAtOncePassesUnchangedInBoundedMemory) {
    constexpr std::uint64_t kSize = kGiB / 4;
    PatternCheck upload;
    const ScriptedServer server{
        {}, [&](Peer& peer) {
            std::thread writer{
                [&] { write_pattern(kSize, [&](std::string_view piece) { peer.write(piece); }); }};
            for (std::string got = peer.read_some(); !got.empty(); got = peer.read_some()) {
                upload.take(got);
            }
            writer.join();
        }};
    ProxyUnderTest proxy{local_tunnels()};
    HttpClient client = open_tunnel(proxy, server.authority());
    PatternCheck download;

    std::thread writer{[descriptor = client.descriptor()] {
        write_pattern(kSize, [&](std::string_view piece) {
            while (!piece.empty()) {
                const auto sent = ::send(descriptor, piece.data(), piece.size(), MSG_NOSIGNAL);
                if (sent <= 0) return;
                piece.remove_prefix(static_cast<std::size_t>(sent));
            }
        });
        ::shutdown(descriptor, SHUT_WR);
    }};
    Response all;
    all.status = 200;
    const bool whole = client.read_body(all, [&](std::string_view piece) { download.take(piece); });
    writer.join();

    EXPECT_TRUE(whole) << "the server closes when it has everything";
    EXPECT_TRUE(download.same());
    EXPECT_EQ(download.total(), kSize);
    EXPECT_TRUE(upload.same());
    EXPECT_EQ(upload.total(), kSize);
    expect_bounded_memory(proxy);
}

TEST(SlowTunnel, HoldsTheServerBackInsteadOfFillingMemory) {
    std::atomic<std::uint64_t> written = 0;
    const ScriptedServer server{{}, [&](Peer& peer) {
                                    write_pattern(kGiB, [&](std::string_view piece) {
                                        if (peer.write(piece)) written += piece.size();
                                    });
                                }};
    ProxyUnderTest proxy{local_tunnels()};
    const HttpClient client = open_tunnel(proxy, server.authority());

    wait_until("bytes flow", [&] { return written > 0; });
    std::uint64_t last = 0;
    int looks_without_change = 0;
    wait_until("the server is held back", [&] {
        looks_without_change = written == last ? looks_without_change + 1 : 0;
        last = written;
        return looks_without_change > 200;
    });

    EXPECT_LT(last, kGiB / 8);
    EXPECT_EQ(server.open(), 1) << "held back, and not cut";
    expect_bounded_memory(proxy);
}

TEST(IdleTunnels, CostLittleMemoryEach) {
    constexpr std::size_t kCount = 400;
    const ScriptedServer server{{}, [](Peer& peer) {
                                    peer.write(std::string(256 * 1024, 'x'));
                                    peer.read_some();
                                }};
    ProxyUnderTest proxy{local_tunnels() + "workers: 1\n"};
    const std::size_t before = proxy.process().peak_memory_bytes();
    std::vector<HttpClient> clients;

    for (std::size_t i = 0; i < kCount; ++i) {
        clients.push_back(open_tunnel(proxy, server.authority()));
        Response some;
        some.head = "Content-Length: 262144\r\n";
        some.status = 200;
        ASSERT_TRUE(clients.back().read_body(some, [](std::string_view) {}));
    }

    const std::size_t each = (proxy.process().peak_memory_bytes() - before) / kCount;
    std::cout << "memory of an idle tunnel: " << each << " bytes\n";
    EXPECT_LT(each, 8 * 1024);
}

}  // namespace
}  // namespace countersign::tests
