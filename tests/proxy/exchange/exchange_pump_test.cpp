#include "proxy/exchange/exchange_pump.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/net/turn.hpp"
#include "tests/proxy/exchange/core_world.hpp"
#include "tests/proxy/exchange/stream_of_test.hpp"
#include "tests/proxy/net/socket_pair.hpp"
#include "tests/proxy/net/test_loop.hpp"

namespace countersign::proxy::exchange {
namespace {

/// A server behind a plain socket, whose steps a test may have fail as TLS would.
class ScriptedStream final : public StreamOfTest {
public:
    using StreamOfTest::StreamOfTest;

    net::IoResult send_head(std::string_view text, std::size_t) override { return send(text); }
    net::IoResult send_body(std::string_view bytes) override { return send(bytes); }
    net::IoResult read_head(std::span<char> room) override { return receive(room); }
    net::IoResult read_body(std::span<char> room) override { return receive(room); }
    net::IoResult send(std::string_view bytes) override {
        ++sends;
        if (takes_all) {
            moved += bytes.size();
            return {net::IoStatus::ok, bytes.size()};
        }
        if (net::IoStatus said = next(send_says); said != net::IoStatus::ok) return {said, 0};
        return socket().try_write(bytes);
    }
    net::IoResult receive(std::span<char> room) override {
        ++receives;
        if (!endless.empty()) return give_more(room);
        if (net::IoStatus said = next(receive_says); said != net::IoStatus::ok) return {said, 0};
        return socket().try_read(room.data(), room.size());
    }
    bool has_input() const override {
        return (owes_a_read && receives == 0) || !endless.empty() || socket().has_input();
    }
    net::EitherWait wait_with(
        net::Descriptor& client, net::Interest in_client, net::Interest in_this,
        net::TimePoint deadline
    ) override {
        waits.push_back(in_this);
        return StreamOfTest::wait_with(client, in_client, in_this, deadline);
    }

    std::deque<net::IoStatus> send_says;  ///< instead of doing it; ok: it is done
    std::deque<net::IoStatus> receive_says;
    bool owes_a_read = false;  ///< there is something to be read before the socket has anything
    bool takes_all = false;    ///< instead of the socket
    std::string opening;       ///< with `endless`: what comes first
    std::string endless;    ///< comes again and again instead of what the socket has, up to kMuch
    std::size_t moved = 0;  ///< bytes of these two
    static constexpr std::size_t kMuch = std::size_t{4} << 20;
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

    net::IoResult give_more(std::span<char> room) {
        if (moved >= kMuch) return {net::IoStatus::truncated, 0};
        std::string_view next{endless};
        if (moved < opening.size()) {
            next = std::string_view{opening}.substr(moved);
        } else {
            next.remove_prefix((moved - opening.size()) % endless.size());
        }
        const std::size_t size = next.copy(room.data(), room.size());
        moved += size;
        return {net::IoStatus::ok, size};
    }
};

class ExchangePumpTest : public StreamTest<ScriptedStream> {
protected:
    /// The exchange, while `others` do the parts of client and server.
    void run(net::Task<void> others) {
        loop_.spawn(exchange_it());
        loop_.run(std::move(others));
    }
    /// As the session does.
    net::Task<void> exchange_it() {
        co_await pump(resources_, client_, server_, world_.core());
        lets_go_ = !world_.core().over();
        if (lets_go_) co_await deliver(resources_, client_, world_.core());
    }

    bool lets_go_ = false;  ///< of the server, before the end
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

TEST_F(ExchangePumpTest, SendsAHeadAndTheBodyThatIsThereInOneWrite) {
    world_.begin_post(length(4), "body");

    run(say_after(resources_.loop, server_.sends, server_pair_));

    EXPECT_EQ(world_.ending(), Ending::complete);
    EXPECT_EQ(server_pair_.hear(), "POST / HTTP/1.1\r\nHost: a\r\n\r\nbody");
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
    EXPECT_TRUE(lets_go_);
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

/// Another one that works: the client's side of a body without end, and the most of it that was
/// moved before this had its turn again.
net::Task<void> take_turns(
    net::EventLoop& loop, const ExchangeCore& core, const std::size_t& moved, std::size_t& most,
    net::SocketPair& client
) {
    const std::string block(64 * 1024, 'x');
    while (!core.over()) {
        client.hear();
        while (client.say(block) == block.size()) {
        }
        if (moved >= ScriptedStream::kMuch) client.close();
        const std::size_t before = moved;
        net::GiveTurn turn{loop};
        co_await turn;
        most = std::max(most, moved - before);
    }
}

constexpr std::size_t kTurn = 16 * CoreWorld::kPayload;

// Between two processes the sockets are empty, or full, soon enough, which is a turn as well:
// scenarios see the passes of a body only where the other side is faster than the proxy.
TEST_F(ExchangePumpTest, ADownloadGivesTurnsToTheOthers) {
    world_.begin_get();
    server_.opening = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
    server_.endless = std::string(64 * 1024, 'x');
    std::size_t most = 0;

    run(take_turns(resources_.loop, world_.core(), server_.moved, most, client_pair_));

    EXPECT_GE(most, kTurn / 2);
    EXPECT_LE(most, 2 * kTurn);
}

TEST_F(ExchangePumpTest, AnUploadGivesTurnsToTheOthers) {
    world_.begin_post(length(1'000'000'000));
    server_.takes_all = true;
    std::size_t most = 0;

    run(take_turns(resources_.loop, world_.core(), server_.moved, most, client_pair_));

    EXPECT_GE(most, kTurn / 2);
    EXPECT_LE(most, 2 * kTurn);
}

// A unix socket does not show a cut, so the body of an HTTP/1.0 client is held until it is whole.
// Here it is nearly all extensions, of which nothing is kept: no buffer is ever full.
TEST_F(ExchangePumpTest, AHeldBodyWithLittleInItGivesTurnsToTheOthers) {
    world_.request.minor_version = 0;
    world_.request.cut_shows = false;
    world_.begin_get();
    server_.opening = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    server_.endless = "1;" + std::string(4000, 'x') + "\r\nx\r\n";
    std::size_t most = 0;

    run(take_turns(resources_.loop, world_.core(), server_.moved, most, client_pair_));

    EXPECT_GT(most, CoreWorld::kPayload);
    EXPECT_LE(most, std::size_t{300} << 10);
}

}  // namespace
}  // namespace countersign::proxy::exchange
