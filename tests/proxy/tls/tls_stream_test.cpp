#include "proxy/tls/tls_stream.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/io_status.hpp"
#include "proxy/tls/tls_context.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/proxy/partner.hpp"

namespace countersign::proxy {
namespace {

/// A TLS server at the other end of a socket pair, whose bytes the test sends itself, cut as it
/// likes.
class ByteServer {
public:
    ByteServer(const Partner& partner, int fd) : fd_{fd}, context_{SSL_CTX_new(TLS_method())} {
        const auto options = partner.server(false);
        EXPECT_EQ(
            SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate.c_str()), 1
        );
        EXPECT_EQ(
            SSL_CTX_use_PrivateKey_file(context_.get(), options.key.c_str(), SSL_FILETYPE_PEM), 1
        );
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(ssl_.get());
    }
    ~ByteServer() { ::close(fd_); }

    /// Takes what the client has sent, and answers it.
    void go_on() {
        const std::string sent = received();
        BIO_write(SSL_get_rbio(ssl_.get()), sent.data(), static_cast<int>(sent.size()));
        SSL_do_handshake(ssl_.get());
        send(written());
        ERR_clear_error();
    }
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
    std::string record(std::string_view text) {
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
        return written();
    }
    void send(std::string_view bytes) {
        EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    }

private:
    std::string written() {
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &bytes);
        std::string out{bytes, static_cast<std::size_t>(size)};
        BIO_reset(SSL_get_wbio(ssl_.get()));
        return out;
    }

    int fd_;
    certs::SslContextHandle context_;
    certs::SslHandle ssl_;
};

Task<void> shake_hands(TlsStream& stream, Descriptor& descriptor, ByteServer& server) {
    const TimePoint deadline = Clock::now() + tests::kPatience;
    co_await descriptor.wait_writable(deadline);
    IoStatus status = stream.handshake();
    while (status == IoStatus::would_block_read) {
        server.go_on();
        co_await descriptor.wait_readable(deadline);
        status = stream.handshake();
    }
    EXPECT_EQ(status, IoStatus::ok);
    EXPECT_EQ(stream.flush(), IoStatus::ok);
    server.go_on();
}

/// The record's bytes come in the pieces that end at `cuts`: only behind the last of them may the
/// buffers go.
Task<void> read_in_pieces(
    TlsStream& stream, Descriptor& descriptor, ByteServer& server, std::vector<std::size_t> cuts
) {
    const TimePoint deadline = Clock::now() + tests::kPatience;
    co_await shake_hands(stream, descriptor, server);
    std::array<char, 64> into;
    const std::string record = server.record("hello");
    cuts.push_back(record.size());
    std::size_t sent = 0;
    for (const std::size_t cut : cuts) {
        server.send(std::string_view{record}.substr(sent, cut - sent));
        sent = cut;
        co_await descriptor.wait_readable(deadline);
        const IoResult got = stream.try_read(into.data(), into.size());
        const bool whole = cut == record.size();
        EXPECT_EQ(got.status, whole ? IoStatus::ok : IoStatus::would_block_read) << cut;
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
    TestLoop loop;
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    Descriptor descriptor{loop.event_loop(), pair[0]};
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
        TestLoop loop;
        std::array<int, 2> pair{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
        Descriptor descriptor{loop.event_loop(), pair[0]};
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
}  // namespace countersign::proxy
