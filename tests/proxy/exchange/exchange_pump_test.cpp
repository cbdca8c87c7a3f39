#include "proxy/exchange/exchange_pump.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/proxy/exchange/core_world.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::exchange {
namespace {

/// A server behind a plain socket, whose steps a test may have fail as TLS would.
class ScriptedStream final : public upstream::UpstreamStream {
public:
    ScriptedStream(net::EventLoop& loop, net::UniqueFd fd) : socket_{loop, std::move(fd)} {}

    net::IoResult send(std::string_view request) override {
        ++sends;
        if (net::IoStatus said = next(send_says); said != net::IoStatus::ok) return {said, 0};
        return socket_.try_write(request);
    }
    net::IoResult receive(std::span<char> room) override {
        ++receives;
        if (net::IoStatus said = next(receive_says); said != net::IoStatus::ok) return {said, 0};
        return socket_.try_read(room.data(), room.size());
    }
    bool has_input() const override {
        return (owes_a_read && receives == 0) || socket_.has_input();
    }
    net::EitherWait wait_with(
        net::Descriptor& client, net::Interest in_client, net::Interest in_this,
        net::TimePoint deadline
    ) override {
        waits.push_back(in_this);
        return net::EitherWait{client, in_client, socket_.descriptor(), in_this, deadline};
    }
    void rest() override {}
    bool finish(Aftermath) override { return true; }
    std::string authority() const override { return "server:443"; }
    Failure refusal() override { return internal_failure(); }
    std::string end_text() override { return {}; }
    Facts facts() const override { return {}; }

    std::deque<net::IoStatus> send_says;  ///< instead of doing it; ok: it is done
    std::deque<net::IoStatus> receive_says;
    bool owes_a_read = false;  ///< there is something to be read before the socket has anything
    int sends = 0;
    int receives = 0;
    std::vector<net::Interest> waits;

private:
    static net::IoStatus next(std::deque<net::IoStatus>& script) {
        if (script.empty()) return net::IoStatus::ok;
        const net::IoStatus said = script.front();
        script.pop_front();
        return said;
    }

    net::PlainStream socket_;
};

class ExchangePumpTest : public testing::Test {
protected:
    ExchangePumpTest() { resources_.buffers.resize({CoreWorld::kPayload, 512}); }
    /// The exchange, while `others` do the parts of client and server.
    void run(net::Task<void> others) {
        loop_.spawn(pump(resources_, client_, server_, world_.core()));
        loop_.run(std::move(others));
    }

    ForwardingResources resources_;
    net::TestLoop loop_{resources_.loop};
    net::SocketPair client_pair_;
    net::SocketPair server_pair_;
    net::PlainStream client_{resources_.loop, std::move(client_pair_.ours)};
    ScriptedStream server_{resources_.loop, std::move(server_pair_.ours)};
    CoreWorld world_;
};

net::Task<void> say_after(net::EventLoop& loop, const int& until, const net::SocketPair& pair) {
    while (until < 1) co_await net::next_round(loop);
    for (int round = 0; round < 3; ++round) co_await net::next_round(loop);
    pair.say(kAnswer);
}

TEST_F(ExchangePumpTest, MovesARequestAndItsResponse) {
    world_.begin_get();

    run(say_after(resources_.loop, server_.sends, server_pair_));

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_EQ(server_pair_.hear(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(without_via(client_pair_.hear()), kAnswer);
    EXPECT_EQ(server_.sends, 1);
}

net::Task<void> say_after_reads(
    net::EventLoop& loop, const int& reads, int enough, const net::SocketPair& pair
) {
    while (reads < enough && !loop.cancelled()) co_await net::next_round(loop);
    pair.say(kAnswer);
}

// The server waits for what TLS has to write, and says nothing before: only the socket's room may
// wake the exchange.
TEST_F(ExchangePumpTest, AReadThatWantsOutputIsTakenAgainWhenThereIsRoom) {
    world_.begin_get();
    server_.owes_a_read = true;
    server_.receive_says = {net::IoStatus::would_block_write};

    run(say_after_reads(resources_.loop, server_.receives, 2, server_pair_));

    EXPECT_EQ(world_.ending(), Ending::complete);
    ASSERT_FALSE(server_.waits.empty());
    EXPECT_TRUE(server_.waits.front().output);
    EXPECT_FALSE(server_.waits.front().input) << "it would wake at once, again and again";
}

TEST_F(ExchangePumpTest, AWriteThatWantsInputWaitsForThatAlone) {
    world_.begin_get();
    server_.send_says = {net::IoStatus::would_block_read};

    run(say_after(resources_.loop, server_.sends, server_pair_));

    EXPECT_EQ(world_.ending(), Ending::complete);
    ASSERT_FALSE(server_.waits.empty());
    EXPECT_TRUE(server_.waits.front().input);
    EXPECT_FALSE(server_.waits.front().output);
}

/// Reads nothing at first.
net::Task<void> read_late(net::EventLoop& loop, const net::SocketPair& pair, std::string& heard) {
    for (int round = 0; round < 20; ++round) co_await net::next_round(loop);
    for (int round = 0; round < 200; ++round) {
        heard += pair.hear();
        co_await net::next_round(loop);
    }
}

TEST_F(ExchangePumpTest, ASlowClientLetsNobodySpin) {
    world_.begin_get();
    net::fill_socket(client_.descriptor().fd());
    server_pair_.say(kAnswer);
    std::string heard;

    run(read_late(resources_.loop, client_pair_, heard));

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_TRUE(without_via(heard).ends_with(kAnswer));
    EXPECT_LE(server_.receives, 3) << "while the client takes nothing, nothing more is read for it";
    EXPECT_LE(server_.waits.size(), 4U);
}

net::Task<void> count_rounds(
    net::EventLoop& loop, const int& reads, std::size_t enough, int& rounds
) {
    while (std::cmp_less(reads, enough) && !loop.cancelled()) {
        ++rounds;
        co_await net::next_round(loop);
    }
}

// Session tickets without end: each read finds something, and nothing that an exchange is told.
TEST_F(ExchangePumpTest, AServerThatSaysWhatIsNoAnswerLeavesOthersTheirTurns) {
    constexpr std::size_t kReads = 200;
    world_.begin_get();
    server_.receive_says.assign(kReads, net::IoStatus::would_block_read);
    server_pair_.say(kAnswer);
    int rounds = 0;

    run(count_rounds(resources_.loop, server_.receives, kReads, rounds));

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_GE(rounds, 40);
}

}  // namespace
}  // namespace countersign::proxy::exchange
