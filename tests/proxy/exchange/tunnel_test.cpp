#include "proxy/exchange/tunnel.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <string>

#include "proxy/net/plain_duplex.hpp"
#include "proxy/net/plain_stream.hpp"
#include "proxy/net/socket_io.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/support/listening_socket.hpp"

namespace countersign::proxy::exchange {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Two ends of one TCP connection.
struct TcpPair {
    TcpPair() {
        const tests::ListeningSocket listener;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(listener.port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        far = net::UniqueFd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (::connect(far.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            throw std::system_error{errno, std::generic_category(), "connect"};
        }
        constexpr int kHow = SOCK_NONBLOCK | SOCK_CLOEXEC;
        near = net::UniqueFd{::accept4(listener.descriptor(), nullptr, nullptr, kHow)};
        ::fcntl(far.get(), F_SETFL, O_NONBLOCK);
    }
    net::UniqueFd far;
    net::UniqueFd near;
};

/// A tunnel, and what is at its two ends.
class TunnelTest : public testing::Test {
protected:
    net::Task<void> run_tunnel(std::string_view first) {
        net::Buffer held;
        if (!first.empty()) {
            held = buffers_.take();
            first.copy(held.tail(), first.size());
            held.commit(first.size());
        }
        net::PlainDuplex server{*near_server_};
        std::optional<Tunnel> tunnel;
        tunnel.emplace(loop_.event_loop(), buffers_, *near_client_, server, idle_);
        end_ = co_await tunnel->run(std::move(held));
        up_ = tunnel->bytes_up();
        down_ = tunnel->bytes_down();
        tunnel.reset();  // it does not outlive its sockets
        if (end_ != TunnelEnd::closed) {
            net::reset_on_close(*near_client_);
            net::reset_on_close(*near_server_);
        }
        near_client_.reset();
        near_server_.reset();
    }
    void run(net::Task<void> script, std::string_view first = {}) {
        loop_.spawn(run_tunnel(first));
        loop_.run(std::move(script));
    }

    /// Until it has come, or the stream has ended: then what has, with "FIN" or "RST" behind it.
    net::Task<std::string> hear(net::PlainStream& at, std::size_t size) {
        std::string heard;
        std::array<char, 64 * 1024> into;
        while (heard.size() < size) {
            const net::TimePoint limit = net::Clock::now() + tests::kPatience;
            const net::IoResult got = co_await net::read_some(at, into.data(), into.size(), limit);
            if (got.status == net::IoStatus::closed) co_return heard + "FIN";
            if (!got.ok()) co_return heard + "RST";
            heard.append(into.data(), got.bytes);
        }
        co_return heard;
    }
    net::Task<void> say(net::PlainStream& at, std::string_view bytes) {
        const net::IoStatus said = co_await net::write_all(at, bytes, tests::kPatience);
        EXPECT_EQ(said, net::IoStatus::ok);
    }
    static void finish(net::PlainStream& at) { ::shutdown(at.descriptor().fd(), SHUT_WR); }
    static void reset(std::optional<net::PlainStream>& at) {
        net::reset_on_close(at->descriptor());
        at.reset();
    }

    net::TestLoop loop_;
    net::BufferPool buffers_{{64 * 1024, 1024}};
    TcpPair client_pair_;
    TcpPair server_pair_;
    std::optional<net::Descriptor> near_client_{
        std::in_place, loop_.event_loop(), std::move(client_pair_.near)};
    std::optional<net::Descriptor> near_server_{
        std::in_place, loop_.event_loop(), std::move(server_pair_.near)};
    std::optional<net::PlainStream> client_{
        std::in_place, loop_.event_loop(), std::move(client_pair_.far)};
    std::optional<net::PlainStream> server_{
        std::in_place, loop_.event_loop(), std::move(server_pair_.far)};
    net::Clock::duration idle_ = hours{1};
    std::optional<TunnelEnd> end_;
    std::uint64_t up_ = 0;
    std::uint64_t down_ = 0;
    std::string at_client_;
    std::string at_server_;

    net::Task<void> talk() {
        co_await say(*client_, "question");
        at_server_ = co_await hear(*server_, 16);
        co_await say(*server_, "answer");
        at_client_ = co_await hear(*client_, 6);
        finish(*client_);
        at_server_ += co_await hear(*server_, 1);
        finish(*server_);
        at_client_ += co_await hear(*client_, 1);
    }
    net::Task<void> client_ends_first() {
        finish(*client_);
        at_server_ = co_await hear(*server_, 1);
        co_await say(*server_, std::string(1 << 20, 'x'));
        finish(*server_);
        at_client_ = co_await hear(*client_, (1 << 20) + 1);
    }
    net::Task<void> server_ends_first() {
        finish(*server_);
        at_client_ = co_await hear(*client_, 1);
        co_await say(*client_, std::string(1 << 20, 'x'));
        finish(*client_);
        at_server_ = co_await hear(*server_, (1 << 20) + 1);
    }
    net::Task<void> client_resets() {
        co_await say(*client_, "question");
        at_server_ = co_await hear(*server_, 8);
        reset(client_);
        at_server_ += co_await hear(*server_, 1);
    }
    net::Task<void> server_resets() {
        co_await say(*server_, "greeting");
        at_client_ = co_await hear(*client_, 8);
        reset(server_);
        at_client_ += co_await hear(*client_, 1);
    }
    net::Task<void> client_resets_after_its_end() {
        finish(*client_);
        at_server_ = co_await hear(*server_, 1);
        reset(client_);
        // The server says nothing: only its reset tells that nobody waits for it.
        const net::Wait wait = co_await server_->descriptor().wait_writable(net::kNever);
        EXPECT_EQ(wait, net::Wait::ready);
        while (!server_->descriptor().hung_up()) co_await net::next_round(loop_.event_loop());
    }
    net::Task<void> server_resets_after_its_end() {
        finish(*server_);
        at_client_ = co_await hear(*client_, 1);
        reset(server_);
        while (!client_->descriptor().hung_up()) co_await net::next_round(loop_.event_loop());
    }
    /// A server that answers before it has read everything, and closes: its reset comes behind its
    /// answer.
    net::Task<void> server_answers_and_goes() {
        co_await say(*client_, "a part of the question");
        at_server_ = co_await hear(*server_, 22);
        co_await say(*client_, "another");
        const net::Wait wait = co_await server_->descriptor().wait_readable(net::kNever);
        EXPECT_EQ(wait, net::Wait::ready);
        co_await say(*server_, "no");
        server_.reset();  // unread bytes make a reset of it
        at_client_ = co_await hear(*client_, 100);
    }
    net::Task<void> silence() {
        at_client_ = co_await hear(*client_, 1);
        at_server_ = co_await hear(*server_, 1);
    }
    net::Task<void> talk_in_one_way_for(milliseconds time) {
        const net::TimePoint until = net::Clock::now() + time;
        while (net::Clock::now() < until) {
            co_await say(*client_, "x");
            at_server_ += co_await hear(*server_, 1);
            co_await net::pause(loop_.event_loop(), milliseconds{10});
        }
        last_word_ = net::Clock::now();
        at_client_ = co_await hear(*client_, 1);
        silent_for_ = net::Clock::now() - last_word_;
    }
    net::Task<void> stop_while_both_send() {
        loop_.event_loop().cancel_all();
        co_return;
    }
    net::TimePoint last_word_;
    net::Clock::duration silent_for_{};
};

TEST_F(TunnelTest, PassesBytesBothWaysAndThatEachSideEnds) {
    run(talk(), "first + ");

    EXPECT_EQ(end_, TunnelEnd::closed);
    EXPECT_EQ(at_server_, "first + questionFIN");
    EXPECT_EQ(at_client_, "answerFIN");
    EXPECT_EQ(up_, 16U);
    EXPECT_EQ(down_, 6U);
}

TEST_F(TunnelTest, StaysOpenForTheServerWhenTheClientHasEnded) {
    run(client_ends_first());

    EXPECT_EQ(end_, TunnelEnd::closed);
    EXPECT_EQ(at_server_, "FIN");
    EXPECT_EQ(at_client_, std::string(1 << 20, 'x') + "FIN");
}

TEST_F(TunnelTest, StaysOpenForTheClientWhenTheServerHasEnded) {
    run(server_ends_first());

    EXPECT_EQ(end_, TunnelEnd::closed);
    EXPECT_EQ(at_client_, "FIN");
    EXPECT_EQ(at_server_, std::string(1 << 20, 'x') + "FIN");
}

TEST_F(TunnelTest, PassesTheClientsReset) {
    run(client_resets());

    EXPECT_EQ(end_, TunnelEnd::client_gone);
    EXPECT_EQ(at_server_, "questionRST");
}

TEST_F(TunnelTest, PassesTheServersReset) {
    run(server_resets());

    EXPECT_EQ(end_, TunnelEnd::upstream_gone);
    EXPECT_EQ(at_client_, "greetingRST");
}

TEST_F(TunnelTest, SeesAResetOfAClientThatHadEnded) {
    run(client_resets_after_its_end());

    EXPECT_EQ(end_, TunnelEnd::client_gone);
}

TEST_F(TunnelTest, SeesAResetOfAServerThatHadEnded) {
    run(server_resets_after_its_end());

    EXPECT_EQ(end_, TunnelEnd::upstream_gone);
}

TEST_F(TunnelTest, GivesTheClientWhatTheServerSaidBeforeItWent) {
    run(server_answers_and_goes());

    EXPECT_EQ(at_client_, "noRST");
    EXPECT_EQ(end_, TunnelEnd::upstream_gone);
}

TEST_F(TunnelTest, EndsWhenBothWaysAreSilent) {
    idle_ = milliseconds{50};

    run(silence());

    EXPECT_EQ(end_, TunnelEnd::idle);
    EXPECT_EQ(at_client_, "RST");
    EXPECT_EQ(at_server_, "RST");
}

TEST_F(TunnelTest, IsNotIdleWhileOneWayTalks) {
    idle_ = milliseconds{200};

    run(talk_in_one_way_for(milliseconds{600}));

    EXPECT_EQ(end_, TunnelEnd::idle);
    EXPECT_EQ(up_, at_server_.size());
    EXPECT_GE(silent_for_, milliseconds{150});
}

TEST_F(TunnelTest, EndsAtAStop) {
    run(stop_while_both_send(), "first");

    EXPECT_EQ(end_, TunnelEnd::stopped);
}

/// A unix socket that is closed has hung up, which is no reset: what it sent arrives whole.
TEST_F(TunnelTest, PassesAllThatAUnixClientSentBeforeItClosed) {
    net::SocketPair pair;
    near_client_.reset();
    near_client_.emplace(loop_.event_loop(), std::move(pair.ours));
    const std::string bytes(100'000, 'x');
    ASSERT_EQ(pair.say(bytes), bytes.size());
    pair.close();
    const auto script = [](TunnelTest&, std::string& into, net::Task<std::string> heard,
                           std::optional<net::PlainStream>& server) -> net::Task<void> {
        into = co_await heard;
        server.reset();
    };

    run(script(*this, at_server_, hear(*server_, bytes.size() + 1), server_));

    EXPECT_EQ(end_, TunnelEnd::closed);
    EXPECT_EQ(at_server_, bytes + "FIN");
}

}  // namespace
}  // namespace countersign::proxy::exchange
