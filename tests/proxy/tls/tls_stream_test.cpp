#include "proxy/tls/tls_stream.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/descriptor.hpp"
#include "proxy/net/io_status.hpp"
#include "proxy/tls/tls_context.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/partner.hpp"
#include "tests/proxy/tls/memory_server.hpp"

namespace countersign::proxy::tls {
namespace {

/// A TLS server at the other end of a socket pair, whose bytes the test sends itself, cut as it
/// likes.
class ByteServer {
public:
    ByteServer(const Partner& partner, int fd) : fd_{fd}, server_{partner} {}
    ~ByteServer() { ::close(fd_); }

    /// Takes what the client has sent, and answers it.
    void go_on() { send(server_.answer(received())); }
    /// What the client has sent since the last time.
    std::string received() {
        std::string all;
        std::array<char, 16384> bytes;
        for (;;) {
            const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got <= 0) return all;
            all.append(bytes.data(), static_cast<std::size_t>(got));
        }
    }
    std::string record(std::string_view text) { return server_.record(text); }
    void send(std::string_view bytes) {
        EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    }

private:
    int fd_;
    MemoryServer server_;
};

net::Task<void> shake_hands(TlsStream& stream, net::Descriptor& descriptor, ByteServer& server) {
    const net::TimePoint deadline = net::Clock::now() + tests::kPatience;
    co_await descriptor.wait_writable(deadline);
    net::IoStatus status = stream.handshake();
    while (status == net::IoStatus::would_block_read) {
        server.go_on();
        co_await descriptor.wait_readable(deadline);
        status = stream.handshake();
    }
    EXPECT_EQ(status, net::IoStatus::ok);
    EXPECT_EQ(stream.flush(), net::IoStatus::ok);
    server.go_on();
}

/// The record's bytes come in the pieces that end at `cuts`: only behind the last of them may the
/// buffers go.
net::Task<void> read_in_pieces(
    TlsStream& stream, net::Descriptor& descriptor, ByteServer& server,
    std::vector<std::size_t> cuts
) {
    const net::TimePoint deadline = net::Clock::now() + tests::kPatience;
    co_await shake_hands(stream, descriptor, server);
    std::array<char, 64> into;
    const std::string record = server.record("hello");
    cuts.push_back(record.size());
    std::size_t sent = 0;
    for (const std::size_t cut : cuts) {
        server.send(std::string_view{record}.substr(sent, cut - sent));
        sent = cut;
        co_await descriptor.wait_readable(deadline);
        const net::IoResult got = stream.try_read(into.data(), into.size());
        const bool whole = cut == record.size();
        EXPECT_EQ(got.status, whole ? net::IoStatus::ok : net::IoStatus::would_block_read) << cut;
        EXPECT_EQ(std::string_view(into.data(), got.bytes), whole ? "hello" : "");
        EXPECT_EQ(stream.release_buffers(), whole) << cut;
    }
}

class TlsStreamBuffers : public testing::TestWithParam<int> {};

TEST_P(TlsStreamBuffers, AreKeptInTheMiddleOfARecord) {
    const Partner partner;
    profiles::TlsRules rules;
    rules.max_version = GetParam() == TLS1_2_VERSION ? profiles::TlsVersion::tls_1_2
                                                     : profiles::TlsVersion::tls_1_3;
    const auto context = partner.context("", rules);
    net::TestLoop loop;
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    net::Descriptor descriptor{loop.event_loop(), net::UniqueFd{pair[0]}};
    ByteServer server{partner, pair[1]};
    TlsStream stream{*context, descriptor, "localhost", nullptr};

    loop.run(read_in_pieces(stream, descriptor, server, {3, 5, 12}));
}

INSTANTIATE_TEST_SUITE_P(
    BothVersions, TlsStreamBuffers, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
    [](const auto& row) { return row.param == TLS1_2_VERSION ? "Tls12" : "Tls13"; }
);

TEST(TlsStream, SaysGoodbyeToAServerThatHasNotSaidThatItCloses) {
    const Partner partner;
    const auto context = partner.context("");
    for (const bool server_closes : {false, true}) {
        net::TestLoop loop;
        std::array<int, 2> pair{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
        net::Descriptor descriptor{loop.event_loop(), net::UniqueFd{pair[0]}};
        ByteServer server{partner, pair[1]};
        {
            TlsStream stream{*context, descriptor, "localhost", nullptr};
            loop.run(shake_hands(stream, descriptor, server));
            if (server_closes) stream.end_without_goodbye();
        }

        EXPECT_EQ(server.received().empty(), server_closes);
    }
}

}  // namespace
}  // namespace countersign::proxy::tls
